/**
 * What reclaim promises, as functions that throw when it is not so: run as tests over the table as it is, and over tables
 * with a mistake, which they have to find.
 */
import assert from "node:assert/strict";
import { SharedTable } from "stowage/table";
import { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { type Stage, stage } from "./support.js";

const SEED = 7;
const JANITOR_MS = 1_000;

/** get, and on a miss set, of keys with one prefix; how many hit. */
function ask({ table }: Stage, prefix: string, keys: number): number {
  let hits = 0;
  for (let n = 0; n < keys; n++) {
    if (table.get(`${prefix} ${n}`) === undefined) table.set(`${prefix} ${n}`, "value");
    else hits++;
  }
  return hits;
}

function there({ table }: Stage, prefix: string, keys: number): number {
  return Array.from({ length: keys }, (_, n) => `${prefix} ${n}`).filter((key) => table.has(key)).length;
}

export const checks = {
  "keeps what is read through a scan of what is not"() {
    const scene = stage({ max: 1_000 });
    for (let round = 0; round < 20; round++) {
      ask(scene, "hot", 500);
      ask(scene, `scan ${round}`, 1_000);
    }
    assert.ok(there(scene, "hot", 500) > 490);
  },

  "keeps a fixed part of a loop over more than fits"() {
    const scene = stage({ max: 100 });
    for (let round = 0; round < 20; round++) ask(scene, "key", 150);
    const hits = ask(scene, "key", 150);
    assert.ok(hits > 85, `${hits} hits`);
  },

  "begins anew once it was cleared"() {
    const scene = stage({ max: 100 });
    for (let round = 0; round < 5; round++) ask(scene, "old", 150);
    scene.table.clear();
    ask(scene, "hot", 100);
    ask(scene, "hot", 100);
    for (let round = 0; round < 5; round++) ask(scene, `scan ${round}`, 100);
    const left = there(scene, "hot", 100);
    assert.ok(left > 90, `${left} of 100 left`);
    scene.table.verify();
  },

  "follows favourites that change"() {
    const scene = stage({ max: 200 });
    for (let era = 0; era < 4; era++) {
      for (let round = 0; round < 30; round++) ask(scene, `era ${era}`, 150);
      const hits = ask(scene, `era ${era}`, 150);
      assert.ok(hits >= 125, `${hits} hits`);
    }
  },

  "does not count an overwritten favourite as a new entry"() {
    const scene = stage({ max: 300 });
    ask(scene, "key", 300);
    for (let round = 0; round < 30; round++) {
      for (let n = 0; n < 100; n++) scene.table.set(`key ${n}`, `value ${round}`);
      ask(scene, `scan ${round}`, 200);
    }
    assert.ok(there(scene, "key", 100) > 95);
    scene.table.verify();
  },

  "lets a thread's entries stay as long as another's, whoever writes how fast"() {
    const { table, clock } = stage({ max: 400 });
    const other = SharedTable.attach(table.handle, { clock, janitor: false });
    let left = 0;
    for (let n = 0; n < 8_000; n++) {
      table.set(`fast ${n}`, "value");
      if (n % 20 === 0) other.set(`slow ${n}`, "value");
      // The window has 5 % at first, 1 % at least.
      if (n % 20 === 3 && n > 1_000 && !table.has(`slow ${n - 3}`)) left++;
    }
    assert.ok(left < 20, `${left} of 350 left at once`);
    other.close();
    table.verify();
  },

  "makes room for values of any lengths"() {
    const { table } = stage({ maxValueSize: 100_000 });
    const random = new Random(SEED);
    for (let n = 0; n < 5_000; n++) {
      const key = random.below(300);
      table.set(
        `key ${key}`,
        stamped(key, n, random.chance(0.02) ? random.below(80_000) : random.below(2_000)),
      );
      if (random.chance(0.1)) table.delete(`key ${random.below(300)}`);
      const { used, total } = table.stats().memory;
      assert.ok(used <= total);
      if (n % 250 === 0) table.verify();
    }
    for (let key = 0; key < 300; key++) {
      const value = table.get(`key ${key}`);
      if (value !== undefined) assert.equal(stampOf(value).key, key);
    }
    table.verify();
  },

  "lets a table be overwritten for ever that is two thirds full and must not evict"() {
    const { table } = stage({ evict: false });
    const random = new Random(SEED);
    const keys = 400;
    const written = new Map<number, number>();
    for (let n = 0; n < 20_000; n++) {
      const key = n < keys ? n : random.below(keys);
      table.set(`key ${key}`, stamped(key, n, 1_400));
      written.set(key, n);
    }
    assert.ok(table.stats().counts.segmentsCleaned > 100);
    for (const [key, n] of written)
      assert.deepEqual(stampOf(table.get(`key ${key}`) as Buffer), { key, write: n });
    table.verify();
  },

  "lets entries go when their time is over, not before and not long after"() {
    const { table, clock } = stage({ janitor: JANITOR_MS });
    const random = new Random(SEED);
    const ttls = Array.from({ length: 1_000 }, () => random.between(1, 200_000));
    for (const [n, ttl] of ttls.entries()) table.set(`key ${n}`, "value", { ttl });
    for (let nowMs = 0; nowMs < 230_000; nowMs += 2_500) {
      const outstayed = nowMs - nowMs / 8 - 3 * JANITOR_MS;
      assert.ok(table.size() >= ttls.filter((ttl) => ttl > nowMs).length, `too few at ${nowMs}`);
      assert.ok(table.size() <= ttls.filter((ttl) => ttl > outstayed).length, `too many at ${nowMs}`);
      if (nowMs % 50_000 === 0) table.verify();
      clock.advance(2_500);
    }
    table.close();
  },
} as const satisfies Readonly<Record<string, () => void>>;

export type CheckName = keyof typeof checks;
export const checkNames = Object.keys(checks) as CheckName[];
