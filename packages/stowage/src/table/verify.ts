/**
 * verify: walks all of it and asserts every relation between index, segments, counters and free list. For tests; nobody
 * may write meanwhile. What a dead thread has left may still be there until somebody takes over, so that is done first.
 *
 * Left out: what only the parts know; they have their own.
 */
import { assert } from "../base/assert.js";
import { headOf } from "./directory/overflow.js";
import { chainOf } from "./directory/repair.js";
import { splitBucketOf } from "./directory/split.js";
import { wordAt, wordsOf } from "./log/items.js";
import { segmentsFor, sizeOf, takeItemKey } from "./log/jumbo.js";
import * as segments from "./log/segments.js";
import { forEachItem, sumLive } from "./log/walk.js";
import {
  B_COUNTERS,
  B_LAST_TAG,
  B_SLOTS,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  C_LOCKS,
  C_OVERFLOW_LOW,
  C_RESERVED,
  C_SEGMENTS_USED,
  C_TAKEOVERS,
  DEAD,
  I_INFO,
  I_VERSION,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  JUMBO,
  LINK_TAG,
  LOCKS,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  SEGMENT_SEALED,
} from "./memory/layout.js";
import type { TableState } from "./state.js";
import { bucketOf } from "./threads/locks.js";
import { ENTRIES, total } from "./threads/stats.js";
import { reapAll } from "./threads/takeover.js";

export function verify(t: TableState): void {
  reapAll(t);
  verifyLocks(t);
  const linked = verifyIndex(t);
  verifyOverflow(t);
  verifySegments(t, linked);
  verifyCounts(t, linked.size);
  t.tags.verify();
  t.leases.verify();
  t.reclaim.verify();
}

function verifyLocks(t: TableState): void {
  for (let lock = C_LOCKS; lock < C_LOCKS + LOCKS; lock++)
    assert(t.control[lock] === 0, "a named lock is held");
}

/** Every slot: in its own bucket, to an item of that hash, alive, of no higher version than its bucket. */
function verifyIndex(t: TableState): Set<number> {
  const linked = new Set<number>();
  const buckets = t.control[C_BUCKETS];
  assert(splitBucketOf(buckets) < buckets, "the bucket to split is one");
  for (let bucket = 0; bucket < buckets; bucket++) {
    const head = t.index[bucket >>> INDEX_BANK_BITS];
    const version = head[(bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS];
    assert(version > 0, "a bucket has a version and is not locked");
    for (const id of chainOf(t, bucket)) {
      assert(id === bucket || headOf(t, id) === bucket, "an overflow bucket names its chain's head");
      verifySlots(t, bucket, id, version, linked);
    }
  }
  return linked;
}

function verifySlots(t: TableState, bucket: number, id: number, version: number, linked: Set<number>): void {
  const words = t.index[id >>> INDEX_BANK_BITS];
  const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2) {
    const location = words[at + 1];
    if (words[at] === LINK_TAG) assert(at === base + B_LAST_TAG, "only the last slot is a link");
    if (location === 0 || words[at] === LINK_TAG) continue;
    assert(!linked.has(location), "no two slots hold the same location");
    linked.add(location);
    verifyLinked(t, location, words[at], version);
    assert(bucketOf(words[at], t.control[C_BUCKETS]) === bucket, "an entry stands in its own bucket");
  }
}

function verifyLinked(t: TableState, location: number, tag: number, version: number): void {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  assert((words[at + I_INFO] & DEAD) === 0, "a slot does not hold a dead item");
  takeItemKey(t, location, t.itemKey);
  assert(t.itemKey.h1 === tag, "a slot's tag is the hash of its item's key");
  // Versions wrap around after 2^31; half of that is "before".
  assert(words[at + I_VERSION] > 0, "a linked item has a version");
  assert(
    ((version - words[at + I_VERSION]) & 0x7fff_ffff) < 2 ** 30,
    "an item's version is not above its bucket's",
  );
}

/** Every overflow bucket is free and empty, or in the chain that it names. */
function verifyOverflow(t: TableState): void {
  assert(t.control[C_BUCKETS] <= t.control[C_OVERFLOW_LOW], "heads and overflow buckets do not meet");
  const chains = new Map<number, number[]>();
  for (let id = t.control[C_OVERFLOW_LOW]; id < t.bucketsMax; id++) {
    const head = headOf(t, id);
    if (head < 0) {
      const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
      const words = t.index[id >>> INDEX_BANK_BITS].subarray(base, base + BUCKET_WORDS);
      assert(
        // A reader may still count a use where an entry was a moment ago.
        words.every((word, at) => word === 0 || at === B_COUNTERS),
        "a free overflow bucket is empty",
      );
      continue;
    }
    assert(head < t.control[C_BUCKETS], "an overflow bucket names a head bucket");
    if (!chains.has(head)) chains.set(head, chainOf(t, head));
    assert(chains.get(head)?.includes(id), "a claimed overflow bucket is in its chain");
  }
}

function verifySegments(t: TableState, linked: ReadonlySet<number>): void {
  const left = new Set(linked);
  const chained = new Set<number>();
  let used = 0;
  for (let segment = 0; segment < t.segmentCount; segment++) {
    const state = segments.stateOf(t, segment);
    if (state === SEGMENT_FREE) continue;
    used++;
    assert(segment < segments.highWater(t), "a used segment is below the high water mark");
    if (state === SEGMENT_CHAINED) continue;
    assert(state === SEGMENT_OPEN || state === SEGMENT_SEALED, "a segment's state is one of four");
    verifySegment(t, segment, left);
    for (let next = segments.nextOf(t, segment); next >= 0; next = segments.nextOf(t, next)) {
      assert(
        segments.stateOf(t, next) === SEGMENT_CHAINED && !chained.has(next),
        "a chain's links are its own",
      );
      chained.add(next);
    }
  }
  assert(left.size === 0, "every linked item lies in a segment that is in use");
  assert(used === t.control[C_SEGMENTS_USED], "the count of used segments is right");
  assert(countChained(t) === chained.size, "every link of a chain is reached");
  assert(
    used * t.segmentBytes + segments.indexBytes(t) <= t.dataBytes,
    "segments and index stay within the memory",
  );
}

function verifySegment(t: TableState, segment: number, left: Set<number>): void {
  const end = segments.endOf(t, segment);
  assert(end >= SEGMENT_HEAD_BYTES && end <= t.segmentBytes, "a segment ends within itself");
  let at = SEGMENT_HEAD_BYTES;
  forEachItem(t, segment, 0, (location, bytes) => {
    const info = wordsOf(t, location)[wordAt(location) + I_INFO];
    const jumbo = (info & JUMBO) !== 0;
    assert(bytes > 0 && (jumbo || at + bytes <= end), "an item ends within its segment");
    if (jumbo) verifyJumbo(t, segment, location);
    if ((info & DEAD) === 0)
      assert(left.delete(location) || mayBeOrphan(t), "an item that is not dead is linked");
    at += bytes;
    return true;
  });
  assert(
    segments.liveBytes(t, segment) === sumLive(t, segment),
    "LIVE is the sum of the items that are not dead",
  );
}

/** Reclaim's copies of a thread that died are buried when reclaim next comes by. */
function mayBeOrphan(t: TableState): boolean {
  return t.control[C_TAKEOVERS] > 0;
}

function verifyJumbo(t: TableState, segment: number, location: number): void {
  let links = 0;
  for (let each = segment; each >= 0; each = segments.nextOf(t, each)) links++;
  assert(links === segmentsFor(t, sizeOf(t, location)), "a long item has as many segments as it needs");
}

function countChained(t: TableState): number {
  let count = 0;
  for (let segment = 0; segment < t.segmentCount; segment++) {
    if (segments.stateOf(t, segment) === SEGMENT_CHAINED) count++;
  }
  return count;
}

function verifyCounts(t: TableState, linked: number): void {
  assert(total(t, ENTRIES) === linked, "the threads' counts add up to the entries");
  if (t.entriesMax === Number.POSITIVE_INFINITY) return;
  assert(linked <= t.entriesMax, "there are no more entries than max");
  const granted = t.control[C_RESERVED];
  const lost = granted - linked;
  assert(lost >= 0 && lost <= t.control[C_TAKEOVERS], "every place that was granted is an entry's");
}
