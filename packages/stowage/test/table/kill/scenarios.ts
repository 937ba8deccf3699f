/**
 * What a thread may be doing when it is killed, and what must be true for the others afterwards.
 *
 * Each scenario brings the table to a state, does one thing, and says what may have become of the entries it was about: the
 * old value, the new one, or, at worst, none, never anything else. All other entries must be as they were; only where the
 * act evicts or clears may some of them be missing.
 */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SharedTable, type TableOptions } from "stowage/table";
import { commit } from "../../../src/table/commit.js";
import { insideOf } from "../../../src/table/table.js";
import type { SharedClock } from "../support/shared-clock.js";
import { stamped, stampOf } from "../support/values.js";

export interface Stage {
  readonly table: SharedTable;
  readonly clock: SharedClock;
}

export interface Scenario {
  readonly options?: Partial<TableOptions>;
  /** From any state to that before the act. Without it: bystanders, and a target with an old value. */
  prepare?(stage: Stage): void;
  act(stage: Stage): void | Promise<void>;
  /** What target may hold afterwards; "gone" is always allowed. Default: the old value, or that of write 2. */
  readonly outcomes?: readonly (string | number)[];
  /** Whether bystanders may be missing. */
  readonly losesOthers?: boolean;
  /** What else must be true. */
  check?(stage: Stage): void;
  /** How many entries of its own the act writes: own:0, own:1, ... each must be whole if it is there. */
  readonly own?: number;
}

/** What files of killed snapshots begin with. */
export const SNAPSHOT = `stowage-killed-${process.pid}`;

const BYSTANDERS = 24;
const OLD = 1;
const NEW = 2;

function lengthOf(bystander: number): number {
  return bystander % 8 === 0 ? 9_000 : 12 + bystander * 37;
}

function fillBystanders({ table }: Stage): void {
  table.clear();
  for (let n = 0; n < BYSTANDERS; n += 1) table.set(`by:${n}`, stamped(n, OLD, lengthOf(n)));
}

export function prepareTarget(stage: Stage, bytes = 50): void {
  fillBystanders(stage);
  stage.table.set("target", stamped(999, OLD, bytes));
}

const overwrite =
  (bytes: number) =>
  ({ table }: Stage) =>
    void table.set("target", stamped(999, NEW, bytes));
const text = (value: string) => (stage: Stage) => {
  fillBystanders(stage);
  stage.table.set("target", value);
};

function splitsOf({ table }: Stage): number {
  return table.stats().counts.splits;
}

function writeOwn({ table }: Stage, count: number, bytes: number): void {
  for (let n = 0; n < count; n += 1) table.set(`own:${n}`, stamped(2_000 + n, NEW, bytes));
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  "set of a new key": { prepare: fillBystanders, act: overwrite(50), outcomes: [NEW] },
  "set over an old value": { act: overwrite(200) },
  "set with ttl and tags": {
    act: ({ table }) =>
      void table.set("target", stamped(999, NEW, 80), { ttl: 60_000, tags: ["red", "blue"] }),
  },
  "set of a value over several segments": { act: overwrite(60_000) },
  "set over a value of several segments": {
    prepare: (stage) => prepareTarget(stage, 60_000),
    act: overwrite(60),
  },
  "get of a value over several segments": {
    prepare: (stage) => prepareTarget(stage, 60_000),
    act: ({ table }) => void table.get("target"),
    outcomes: [OLD],
  },
  compareAndSet: {
    act: ({ table }) => {
      const version = table.getEntry("target")?.version ?? 0;
      table.compareAndSet("target", version, stamped(999, NEW, 70));
    },
  },
  delete: { act: ({ table }) => void table.delete("target"), outcomes: [OLD] },
  "delete of a value over several segments": {
    prepare: (stage) => prepareTarget(stage, 60_000),
    act: ({ table }) => void table.delete("target"),
    outcomes: [OLD],
  },
  take: { act: ({ table }) => void table.take("target"), outcomes: [OLD] },
  append: {
    prepare: text("some text"),
    act: ({ table }) => void table.append("target", " and more"),
    outcomes: ["some text", "some text and more"],
  },
  "the first incr of a text": {
    prepare: text("41"),
    act: ({ table }) => void table.incr("target"),
    outcomes: ["41", "42"],
  },
  "incr of a counter": {
    prepare: (stage) => {
      fillBystanders(stage);
      stage.table.incr("target", 41);
    },
    act: ({ table }) => void table.incr("target"),
    outcomes: ["41", "42"],
  },
  "incr of a new key": {
    prepare: fillBystanders,
    act: ({ table }) => void table.incr("target"),
    outcomes: ["1"],
  },
  "touch and expire": {
    act: ({ table }) => {
      table.expire("target", 50_000);
      table.touch("target");
      table.persist("target");
    },
    outcomes: [OLD],
  },
  "get of an expired entry": {
    prepare: (stage) => {
      fillBystanders(stage);
      stage.table.set("target", stamped(999, OLD, 50), { ttl: 10 });
      stage.clock.advance(11);
    },
    act: ({ table }) => void table.get("target"),
    outcomes: [],
  },
  invalidateTag: {
    prepare: (stage) => {
      fillBystanders(stage);
      stage.table.set("target", stamped(999, OLD, 50), { tags: ["red"] });
    },
    act: ({ table }) => {
      table.invalidateTag("red");
      table.get("target");
    },
    outcomes: [OLD],
  },
  clear: { act: ({ table }) => void table.clear(), outcomes: [OLD], losesOthers: true },
  "a split of the index": {
    prepare: (stage) => {
      prepareTarget(stage);
      // The index does not shrink: as many entries as make it split once more, and a few more will do it again.
      const splits = splitsOf(stage);
      for (let n = 0; splitsOf(stage) === splits; n += 1) stage.table.set(`fill:${n}`, "");
    },
    act: (stage) => writeOwn(stage, 12, 20),
    own: 12,
    outcomes: [OLD],
  },
  "eviction for room": {
    prepare: (stage) => {
      fillBystanders(stage);
      for (let n = 0; n < 260; n += 1) stage.table.set(`fill:${n}`, stamped(5_000 + n, OLD, 4_000));
    },
    act: (stage) => writeOwn(stage, 30, 3_900),
    own: 30,
    losesOthers: true,
    outcomes: [],
  },
  "eviction at the bound on entries": {
    options: { max: 40 },
    prepare: (stage) => {
      fillBystanders(stage);
      for (let n = 0; n < 40; n += 1) stage.table.set(`fill:${n}`, stamped(5_000 + n, OLD, 100));
    },
    act: (stage) => writeOwn(stage, 6, 100),
    own: 6,
    losesOthers: true,
    outcomes: [],
  },
  "delete and add at the bound on entries": {
    options: { max: 30 },
    prepare: (stage) => {
      prepareTarget(stage);
      for (let n = 0; n < 10; n += 1) stage.table.set(`fill:${n}`, "");
    },
    act: ({ table }) => {
      table.delete("target");
      table.add("own:0", stamped(2_000, NEW, 100));
    },
    own: 1,
    losesOthers: true,
    outcomes: [OLD],
  },
  "cleaning of segments that are mostly dead": {
    options: { evict: false },
    prepare: (stage) => {
      fillBystanders(stage);
      // Everything but each eighth entry is deleted again: segments are full, and hold little.
      for (let n = 0; n < 190; n += 1) stage.table.set(`fill:${n}`, stamped(5_000 + n, OLD, 3_500));
      for (let n = 0; n < 190; n += 1) if (n % 8 !== 0) stage.table.delete(`fill:${n}`);
    },
    act: (stage) => {
      for (let round = 0; round < 3; round += 1) writeOwn(stage, 30, 3_500);
    },
    own: 30,
    outcomes: [],
  },
  "the janitor's visit": {
    options: { janitor: 1_000 },
    prepare: (stage) => {
      fillBystanders(stage);
      for (let n = 0; n < 100; n += 1)
        stage.table.set(`fill:${n}`, stamped(5_000 + n, OLD, 1_000), { ttl: 500 });
      stage.clock.advance(5_000);
    },
    act: ({ clock }) => {
      clock.advance(2_000);
      clock.ring();
    },
    outcomes: [],
  },
  "attach and close": {
    act: ({ table, clock }) => SharedTable.attach(table.handle, { clock, janitor: false }).close(),
    outcomes: [OLD],
  },
  close: { act: ({ table }) => table.close(), outcomes: [OLD] },
  scan: {
    act: ({ table }) => {
      for (let cursor: number | null = 0; cursor !== null; )
        cursor = table.scan({ cursor, limit: 5, values: true }).cursor;
    },
    outcomes: [OLD],
  },
  "commit of several keys": {
    prepare: (stage) => {
      prepareTarget(stage);
      for (const n of [0, 2]) stage.table.set(`key:${n}`, stamped(3_000 + n, OLD, 100));
      stage.table.delete("key:1");
    },
    act: ({ table }) => {
      const versions = [0, 1, 2].map((n) => table.getEntry(`key:${n}`)?.version ?? 0);
      const steps = [
        { key: "key:0", version: versions[0], change: "store", value: stamped(3_000, NEW, 300) },
        { key: "key:1", version: versions[1], change: "store", value: stamped(3_001, NEW, 9_000) },
        { key: "key:2", version: versions[2], change: "delete" },
      ] as const;
      commit(insideOf(table), steps, () => true);
    },
    check: ({ table }) => {
      const writes = [0, 1, 2].map((n) => {
        const value = table.get(`key:${n}`);
        return value === undefined ? 0 : stampOf(value).write;
      });
      assert.ok(["1,0,1", "2,2,0"].includes(String(writes)), `half a commit: ${writes}`);
    },
    outcomes: [OLD],
  },
  snapshot: {
    act: async ({ table }) => void (await table.snapshot(join(tmpdir(), SNAPSHOT))),
    outcomes: [OLD],
  },
};

/** What target was before the act: the one who examines has to know. */
export interface Before {
  readonly value: Buffer;
  readonly version: number;
}

/** Throws unless all is as the scenario allows, for a thread that is alive. */
export function examine(stage: Stage, scenario: Scenario, before: Before | undefined): void {
  const { outcomes = [OLD, NEW], losesOthers = false, own = 0, options } = scenario;
  const { table } = stage;
  // Without verify() at first, which takes over from the dead: whoever meets a lock of theirs has to.
  for (let n = 0; n < BYSTANDERS; n += 1) examineBystander(table, n, losesOthers);
  for (let n = 0; n < own; n += 1) examineStamp(table, `own:${n}`, 2_000 + n, [NEW]);
  examineTarget(table, outcomes, before);
  scenario.check?.(stage);
  goOn(stage, own);
  if (options?.max !== undefined) checkBound(stage, options.max);
  table.verify();
}

/** As many entries as were promised can be there at once, no more, no less, however many threads died. */
function checkBound({ table }: Stage, max: number): void {
  for (let n = 0; n < 2 * max; n += 1) {
    table.set(`bound:${n}`, "v");
    assert.ok(table.size() <= max, "more entries than max");
  }
  assert.equal(table.size(), max, "the bound on entries has become lower");
}

function examineBystander(table: SharedTable, n: number, mayBeGone: boolean): void {
  const found = examineStamp(table, `by:${n}`, n, [OLD]);
  assert.ok(found || mayBeGone, `by:${n}, which nobody wrote to, is gone`);
}

function examineStamp(table: SharedTable, name: string, key: number, writes: readonly number[]): boolean {
  const value = table.get(name);
  if (value === undefined) return false;
  const stamp = stampOf(value);
  assert.equal(stamp.key, key, `${name} has the value of another key`);
  assert.ok(writes.includes(stamp.write), `${name} has write ${stamp.write}`);
  return true;
}

function examineTarget(
  table: SharedTable,
  outcomes: readonly (string | number)[],
  before: Before | undefined,
): void {
  const entry = table.getEntry("target");
  if (entry === undefined) return;
  const { value, version } = entry;
  const held = typeof outcomes[0] === "string" ? value.toString("latin1") : stampOf(value).write;
  assert.ok(outcomes.includes(held), `target holds ${held}, none of ${outcomes.join(", ")}`);
  if (before === undefined) return;
  assert.ok(version >= before.version, `target's version went back, from ${before.version} to ${version}`);
  assert.ok(
    version > before.version || value.equals(before.value),
    "target has another value of the same version",
  );
}

/** Life goes on: every entry that the act may have touched can be written, read and deleted. */
function goOn({ table }: Stage, own: number): void {
  const names = ["target", ...Array.from({ length: own }, (_, n) => `own:${n}`)];
  for (const name of names) {
    assert.ok(table.set(name, stamped(7_000, 3, 300)) > 0);
    const value = table.get(name);
    assert.ok(value !== undefined, `${name}: what was set is not there`);
    assert.deepEqual(stampOf(value), { key: 7_000, write: 3 });
    assert.equal(table.delete(name), true, `${name}: what was set cannot be deleted`);
    assert.equal(table.has(name), false, `${name}: what was deleted is there`);
  }
  for (let n = 1; n <= 20; n += 1) assert.equal(table.incr("after"), n);
  assert.equal(table.take("after")?.toString(), "20");
}
