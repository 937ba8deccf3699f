/**
 * A thread that is terminated amid a write, before any of its statements: if the write can be seen, its followers are
 * told, by the change itself or by a reset.
 */
import { describe, expect, it } from "vitest";
import { SharedTable } from "../../../src/table/index.js";
import { bundle } from "../support/bundle.js";
import { Hand } from "../support/crew.js";
import { soak } from "../support/soak.js";
import type { KillJob } from "./kill.worker.js";

const script = new URL("./kill.worker.ts", import.meta.url);
const keys = ["there", "absent", "counter"];
/** How many places of each write are tried; each takes a thread. */
const placesTried = 14 * soak;

async function scene() {
  const table = SharedTable.create({ memory: "1mb", janitor: false, threads: 2 });
  table.set("there", "old");
  table.incr("counter", 1);
  const attach = { janitor: false };
  const hand = await Hand.start({
    script: await bundle(script, { steps: true }),
    handle: table.handle,
    attach,
  });
  return { table, hand };
}

async function statementsOf(verb: KillJob["verb"]): Promise<number> {
  const { table, hand } = await scene();
  using follower = table.follow();
  const count = await hand.call<number>("write", { verb, at: 0 } satisfies KillJob);
  expect(follower.read().changes).toHaveLength(1);
  await hand.end();
  return count;
}

async function killAt(verb: KillJob["verb"], at: number): Promise<{ changed: boolean; told: boolean }> {
  const { table, hand } = await scene();
  const follower = table.follow();
  const before = keys.map((key) => table.getString(key));
  hand.pace.prepare();
  const gone = hand.call("write", { verb, at } satisfies KillJob).catch(() => undefined);
  expect(hand.pace.settled(10_000)).toBe("standing");
  await hand.kill();
  await gone;
  // Reading meets the dead thread's lock, and takes over.
  const changed = keys.some((key, index) => table.getString(key) !== before[index]);
  let told = false;
  while (!told && follower.wait(150)) {
    const { reset, changes } = follower.read();
    told = reset || changes.length > 0;
  }
  table.verify();
  table.close();
  return { changed, told };
}

describe("followers of a thread that is killed amid", () => {
  it.each(["overwrite", "add", "delete", "count"] as const)(
    "%s",
    async (verb) => {
      const statements = await statementsOf(verb);
      let changes = 0;
      for (let place = 0; place < placesTried; place++) {
        const at = 1 + Math.floor((place * (statements - 1)) / (placesTried - 1));
        const { changed, told } = await killAt(verb, at);
        if (changed) changes++;
        expect([at, changed && !told]).toEqual([at, false]);
      }
      expect(changes).toBeGreaterThan(0);
      expect(changes).toBeLessThan(placesTried);
    },
    60_000,
  );
});
