/** A near cache that lives by the feed, beside threads that write, and are killed in the middle of it. */
import { afterEach, describe, expect, it } from "vitest";
import { SharedTable } from "../../../src/table/index.js";
import type { Follower } from "../../../src/table/types.js";
import { bundle } from "../support/bundle.js";
import { Hand } from "../support/crew.js";
import { Random } from "../support/random.js";
import type { CoherenceJob } from "./coherence.worker.js";

const keys = 500;
const script = new URL("./coherence.worker.ts", import.meta.url);

const hands: Hand[] = [];
afterEach(async () => {
  await Promise.all(hands.splice(0).map((hand) => hand.kill()));
});

/** Keeps copies, as a client would: the version of each key it has read, 0 when it was absent. */
class NearCache {
  readonly copies = new Map<string, number>();
  resets = 0;

  constructor(
    readonly table: SharedTable,
    readonly follower: Follower,
  ) {}

  /** Drops what has changed; false when nothing had. */
  follow(): boolean {
    const { reset, changes } = this.follower.read();
    if (reset) {
      this.resets++;
      this.copies.clear();
    }
    for (const { key } of changes) this.copies.delete(key.toString());
    return reset || changes.length > 0;
  }

  read(key: string): void {
    if (!this.copies.has(key)) this.copies.set(key, this.table.getEntry(key)?.version ?? 0);
  }

  /** The keys whose copies are not what the table has. */
  stale(): string[] {
    return [...this.copies].flatMap(([key, version]) =>
      (this.table.getEntry(key)?.version ?? 0) === version ? [] : [key],
    );
  }
}

async function run(feed: number, kill: boolean): Promise<NearCache> {
  const table = SharedTable.create({ memory: "8mb", feed, janitor: false, threads: 4 });
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const start = async (seed: number) => {
    const hand = await Hand.start({
      script: await bundle(script),
      handle: table.handle,
      attach: { janitor: false },
    });
    hands.push(hand);
    const job: CoherenceJob = { shared, seed, keys };
    return { hand, writing: hand.call("write", job).catch(() => undefined) };
  };
  const cache = new NearCache(table, table.follow());
  const random = new Random(feed);
  let writers = [await start(1), await start(2)];
  for (let round = 0; round < (kill ? 12 : 3); round++) {
    for (let step = 0; step < 300; step++) {
      for (let read = 0; read < 20; read++) cache.read(`key:${random.below(keys)}`);
      cache.follow();
      if (step % 50 === 0) await new Promise(setImmediate);
    }
    if (!kill) continue;
    await writers[0].hand.kill();
    writers = [writers[1], await start(round + 3)];
  }
  Atomics.store(shared, 0, 1);
  await Promise.all(writers.map(({ writing }) => writing));
  // Whoever meets a dead thread's lock repairs what it left, and says so.
  for (let key = 0; key < keys; key++) table.get(`key:${key}`);
  while (cache.follower.wait(200)) cache.follow(); // a hole is taken as a reset after 100 ms
  return cache;
}

describe("a near cache", () => {
  it.each([
    ["a long ring", 8_192, false],
    ["a short ring", 64, false],
    ["writers that are killed", 8_192, true],
  ])(
    "has nothing old at the end: %s",
    async (_, feed, kill) => {
      const cache = await run(feed, kill);
      for (let key = 0; key < keys; key++) cache.read(`key:${key}`);
      expect(cache.stale()).toEqual([]);
      cache.table.verify();
      cache.table.close();
    },
    60_000,
  );
});
