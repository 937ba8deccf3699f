/** Attachments, and what becomes of those that end without a word. The dead ones here are attachments told to be gone. */

import { EventEmitter } from "node:events";
import { threadId } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { TooManyThreadsError } from "../../../src/base/errors.js";
import { find } from "../../../src/table/directory/find.js";
import { chainOf } from "../../../src/table/directory/repair.js";
import { emptySlot, linkNew } from "../../../src/table/directory/slots.js";
import { splitBucketOf } from "../../../src/table/directory/split.js";
import { appendBytes } from "../../../src/table/log/append.js";
import { wordAt, wordsOf } from "../../../src/table/log/items.js";
import {
  C_BUCKETS,
  I_VERSION,
  LOCK_SEGMENTS,
  R_NEW,
  R_OLD,
  R_STATE,
  R_STEP,
  STATE_GONE,
  STEP_LINK,
  STEP_SPLIT,
  STEP_UNLINK,
} from "../../../src/table/memory/layout.js";
import { insideOf, SharedTable } from "../../../src/table/table.js";
import { markGone } from "../../../src/table/threads/liveness.js";
import { lockBucket, lockKey, lockNamed, nextVersion } from "../../../src/table/threads/locks.js";
import { tableOf } from "./support.js";

function attached(table: SharedTable): SharedTable {
  return SharedTable.attach(table.handle, { janitor: false });
}

/** From now on the attachment counts as dead. */
function die(table: SharedTable): void {
  const t = insideOf(table);
  markGone(t, t.record);
}

describe("attachments", () => {
  test("share entries, counts and time", () => {
    const one = tableOf();
    const two = attached(one);
    one.set("a", "1", { ttl: "1h" });
    expect(two.getString("a")).toBe("1");
    expect(Math.abs((two.ttl("a") as number) - (one.ttl("a") as number))).toBeLessThan(1_000);
    two.set("b", "2");
    expect(one.size()).toBe(2);
    expect(one.stats()).toMatchObject({ writes: 2, hits: 1, threads: 2 });
    two.close();
    expect(one.stats()).toMatchObject({ writes: 2, hits: 1, threads: 1 });
    one.resetStats();
    expect(one.stats()).toMatchObject({ writes: 0, hits: 0, entries: 2 });
  });

  test("end at the number of threads, and are given back by close", () => {
    const table = tableOf({ threads: 3 });
    const others = [attached(table), attached(table)];
    expect(() => attached(table)).toThrow(TooManyThreadsError);
    others[0].close();
    others[0] = attached(table);
    expect(() => attached(table)).toThrow(TooManyThreadsError);
    die(others[1]);
    const third = attached(table);
    third.set("a", "1");
    third.close();
    others[0].close();
    expect(table.stats()).toMatchObject({ takeovers: 1, threads: 1 });
  });

  test("watch hears of a worker's end", () => {
    const table = tableOf();
    const other = attached(table);
    const worker = Object.assign(new EventEmitter(), { threadId: threadId + 1_000 });
    const t = insideOf(other);
    t.control[t.record + 1] = worker.threadId;
    table.watch(worker);
    other.set("a", "1");
    worker.emit("exit");
    expect(table.stats()).toMatchObject({ takeovers: 1, threads: 1 });
    expect(table.getString("a")).toBe("1");
  });
});

describe("one who dies with a bucket locked", () => {
  test("before anything was changed", () => {
    const { table, other, t } = scene();
    t.key.take("a", "test");
    lockKey(t, t.key.h1);
    die(other);
    expect(table.getString("a")).toBe("old");
    expect(table.stats().takeovers).toBe(1);
  });

  test("with an item appended and not linked", () => {
    const { table, other, t } = scene();
    t.key.take("new", "test");
    t.draft.plain(0);
    const location = appendBytes(t, t.draft, Buffer.from("never seen"));
    lockKey(t, t.key.h1);
    step(t, STEP_LINK, 0, location);
    die(other);
    expect(table.has("new")).toBe(false);
    expect(table.stats().counts.orphans).toBe(1);
  });

  test("with a new item linked and not counted", () => {
    const { table, other, t } = scene();
    t.key.take("new", "test");
    t.draft.plain(0);
    const location = appendBytes(t, t.draft, Buffer.from("seen"));
    const bucket = lockKey(t, t.key.h1);
    wordsOf(t, location)[wordAt(location) + I_VERSION] = nextVersion(t.lockedVersion);
    emptySlot(t, bucket);
    const before = t.own[0];
    linkNew(t, t.key.h1, location);
    t.own[0] = before;
    die(other);
    expect(table.getString("new")).toBe("seen");
    expect(table.size()).toBe(2);
  });

  test("with an entry replaced, and the old item not buried", () => {
    const { table, other, t } = scene();
    t.key.take("a", "test");
    t.draft.plain(0);
    const location = appendBytes(t, t.draft, Buffer.from("new"));
    const bucket = lockKey(t, t.key.h1);
    wordsOf(t, location)[wordAt(location) + I_VERSION] = nextVersion(t.lockedVersion);
    const old = find(t, bucket, t.key);
    step(t, STEP_LINK, old, location);
    t.slotWords[t.slotAt] = location;
    die(other);
    expect(table.getString("a")).toBe("new");
  });

  test("with an entry half removed", () => {
    const { table, other, t } = scene();
    t.key.take("a", "test");
    const bucket = lockKey(t, t.key.h1);
    const old = find(t, bucket, t.key);
    step(t, STEP_UNLINK, old, 0);
    t.controlDoubles[(t.record >> 1) + 7] = t.own[0] - 1;
    t.slotWords[t.slotAt] = 0;
    die(other);
    expect(table.has("a")).toBe(false);
    expect(table.size()).toBe(0);
  });

  test("in a split, before and after it was published", () => {
    for (const published of [false, true]) {
      const { table, other, t } = sceneOfSplit();
      const buckets = t.control[C_BUCKETS];
      const bucket = splitBucketOf(buckets);
      lockBucket(t, bucket);
      t.control[t.record + R_STEP] = STEP_SPLIT;
      const from = t.index[0].subarray(bucket * 16, bucket * 16 + 16);
      const to = t.index[0].subarray(buckets * 16, buckets * 16 + 16);
      to.set(from);
      to[0] = published ? nextVersion(t.lockedVersion) : 0;
      if (published) {
        const level = 2 ** Math.floor(Math.log2(buckets));
        for (let at = 2; at < 16; at += 2)
          if ((to[at] & level) === 0 || to[at] === -1) to.fill(0, at, at + 2);
        t.control[C_BUCKETS]++;
      }
      die(other);
      for (let index = 0; index < 300; index++) expect(table.getString(`key ${index}`)).toBe(`${index}`);
      for (let index = 300; index < 3_000; index++) table.set(`key ${index}`, `${index}`);
      for (let index = 0; index < 3_000; index++) expect(table.getString(`key ${index}`)).toBe(`${index}`);
    }
  });
});

describe("one who dies otherwise", () => {
  test("holding the segments' lock", () => {
    const { table, other, t } = scene();
    lockNamed(t, LOCK_SEGMENTS);
    die(other);
    for (let index = 0; index < 5_000; index++) table.set(`key ${index}`, Buffer.alloc(100));
    expect(table.getString("a")).toBe("old");
  });

  test("while he takes over from another", () => {
    const { table, other, t } = scene();
    const third = attached(table);
    t.key.take("a", "test");
    lockKey(t, t.key.h1);
    die(other);
    const { control, record, thread } = insideOf(third);
    control[t.record + R_STATE] = 0x100 + thread;
    control[record + R_STATE] = STATE_GONE;
    expect(table.getString("a")).toBe("old");
  });
});

function scene() {
  const table = tableOf();
  const other = attached(table);
  other.set("a", "old");
  return { table, other, t: insideOf(other) };
}

/** 300 keys; the bucket that is split next has no overflow, which a test that copies its slots would give to both halves. */
function sceneOfSplit(): ReturnType<typeof scene> {
  for (;;) {
    const made = scene();
    for (let index = 0; index < 300; index++) made.table.set(`key ${index}`, `${index}`);
    if (chainOf(made.t, splitBucketOf(made.t.control[C_BUCKETS])).length === 1) return made;
  }
}

function step(t: ReturnType<typeof insideOf>, kind: number, old: number, location: number): void {
  t.control[t.record + R_OLD] = old;
  t.control[t.record + R_NEW] = location;
  t.controlDoubles[(t.record >> 1) + 7] = t.own[0];
  t.control[t.record + R_STEP] = kind;
  if (old !== 0) t.control[t.record + 11] = t.segments[(old >>> t.segmentUnitBits) * 16 + 12];
}
