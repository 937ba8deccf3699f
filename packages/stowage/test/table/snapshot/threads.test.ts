/** A snapshot while two threads write: what nobody touches is all there, everything else is something that was there. */
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { Crew } from "../support/crew.js";
import { stamped } from "../support/values.js";
import type { WriteJob } from "./snapshot.worker.js";
import { countSound, fill, keyOf, makeTable, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
const stable = 4_000;
const keysEach = 2_000;
const bytes = 700;

let crew: Crew | undefined;
afterEach(() => crew?.kill());

describe("a table that two threads write to", () => {
  it.each([
    ["with room", "32mb"],
    ["that has to clean all the time", "8mb"],
  ] as const)(
    "%s: is written and loaded",
    async (_, memory) => {
      const table = makeTable({ memory, segmentSize: "16kb", threads: 4 });
      fill(table, stable, bytes);
      const shared = new Int32Array(new SharedArrayBuffer(16));
      crew = await Crew.start({
        script: await bundle(new URL("./snapshot.worker.ts", import.meta.url)),
        count: 2,
        handle: table.handle,
        attach: { janitor: false },
      });
      const writing = crew.each("write", (index): WriteJob => {
        return { shared, from: stable + index * keysEach, keys: keysEach, bytes };
      });
      writing.catch(() => {}); // it is awaited below, unless something else fails first
      for (let round = 0; round < 6; round++) {
        const before = [1, 2].map((at) => Atomics.load(shared, at));
        const path = join(folder, `${memory}-${round}`);
        const saved = await table.snapshot(path);
        const after = [1, 2].map((at) => Atomics.load(shared, at) + 1);
        expect(saved.missed).toBe(0);
        const other = makeTable({ memory: "64mb" });
        expect(await other.load(path)).toMatchObject({ corruptBlocks: 0, complete: true, refused: 0 });
        expect(countSound(other)).toBeGreaterThan(stable / 2);
        for (let index = 0; index < stable; index++) {
          if (table.has(keyOf(index)))
            expect(other.get(keyOf(index))?.equals(stamped(index, 1, bytes))).toBe(true);
        }
        for (const thread of [0, 1]) {
          const count = other.incr(`count:${thread}`, 0);
          if (!table.has(`count:${thread}`)) continue;
          expect(count).toBeLessThanOrEqual(after[thread]);
          expect(count).toBeGreaterThanOrEqual(before[thread]);
        }
        other.verify();
        other.close();
      }
      Atomics.store(shared, 0, 1);
      await writing;
      await crew.end();
      table.verify();
      table.close();
    },
    60_000,
  );
});
