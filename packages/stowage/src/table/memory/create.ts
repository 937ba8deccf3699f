/**
 * Makes the memory of a table: how large each buffer is, and what stands in it at first.
 *
 * Nothing is touched but a few header words, so a table of 8 GiB costs nothing until it fills. The index is reserved for
 * the largest that it may become, banks for all the memory; what is really used of both together stays within
 * `memory`, because a segment is only taken while the index leaves room for it, and the other way round (log/segments.ts).
 */
import { randomInt } from "node:crypto";
import { formatBytes } from "../../base/byte-size.js";
import { InvalidOptionError } from "../../base/errors.js";
import { ringBytes } from "../feed/layout.js";
import { Ring } from "../feed/ring.js";
import { leasesBytes } from "../leases/index.js";
import type { TablePlan } from "../options.js";
import { historyBytes } from "../reclaim/words.js";
import { tagTableBytes } from "../tags.js";
import type { TableHandle } from "../types.js";
import {
  BANK_BYTES,
  BUCKET_BYTES,
  BUCKET_WORDS,
  C_BUCKETS,
  C_BUCKETS_MAX,
  C_EVICT,
  C_FEED,
  C_JANITOR_MS,
  C_LAYOUT,
  C_MAGIC,
  C_OVERFLOW_LOW,
  C_RECORDS,
  C_SEED,
  C_SEGMENT_BITS,
  C_SEGMENTS,
  C_THREADS,
  C_VALUE_MAX,
  CF_CREATED,
  CF_DATA_BYTES,
  CF_MAX,
  CF_MEMORY,
  CF_ORIGIN,
  CF_TTL,
  LAYOUT,
  MAGIC,
  RECORD_WORDS,
  SEGMENT_WORDS,
  SPARE_RECORDS,
} from "./layout.js";

/** Heads at first; a power of two above 2, which split.ts relies on. */
const BUCKETS_FIRST = 64;
/** Of the memory, what the index may become: enough for items without a value, with keys of 4 bytes. */
const INDEX_SHARE = 0.4;
/** Buckets that each thread may take beyond what it has just checked. */
const BUCKETS_AT_ONCE = 4;
const SEGMENTS_MIN = 8;
const VERSION_START_MAX = 2 ** 30;

export function createMemory(plan: TablePlan, originMs: number): TableHandle {
  const parts = partsOf(plan);
  const control = new SharedArrayBuffer((C_RECORDS + (plan.threads + SPARE_RECORDS) * RECORD_WORDS) * 4);
  const roomForSegments = Math.floor(plan.memory / plan.segmentSize);
  const segments = new SharedArrayBuffer(roomForSegments * SEGMENT_WORDS * 4);
  const all = [...Object.values(parts), control, segments];
  const books = all.reduce((sum, part) => sum + part.byteLength, 0);
  const dataBytes = plan.memory - books - plan.threads * BUCKETS_AT_ONCE * BUCKET_BYTES;
  const segmentCount = Math.floor((dataBytes - BUCKETS_FIRST * BUCKET_BYTES) / plan.segmentSize);
  if (segmentCount < SEGMENTS_MIN) tooSmall(plan, books);
  const bucketsMax = Math.min(2 ** 28, Math.ceil((plan.memory * INDEX_SHARE) / BUCKET_BYTES));
  const handle: TableHandle = {
    kind: "stowage-table",
    layout: LAYOUT,
    name: plan.name,
    control,
    segments,
    index: buffers(bucketsMax * BUCKET_BYTES),
    banks: buffers(segmentCount * plan.segmentSize),
    parts,
  };
  fillControl(handle, plan, { segmentCount, bucketsMax, dataBytes, originMs });
  giveFirstVersions(handle);
  return handle;
}

interface Sizes {
  readonly segmentCount: number;
  readonly bucketsMax: number;
  readonly dataBytes: number;
  readonly originMs: number;
}

function fillControl(handle: TableHandle, plan: TablePlan, sizes: Sizes): void {
  const words = new Int32Array(handle.control);
  const doubles = new Float64Array(handle.control);
  words[C_SEGMENT_BITS] = Math.log2(plan.segmentSize);
  words[C_SEGMENTS] = sizes.segmentCount;
  words[C_THREADS] = plan.threads;
  words[C_VALUE_MAX] = plan.maxValueSize;
  words[C_BUCKETS_MAX] = sizes.bucketsMax;
  words[C_EVICT] = plan.evict ? 1 : 0;
  words[C_SEED] = randomInt(2 ** 31);
  words[C_FEED] = plan.feed;
  words[C_JANITOR_MS] = plan.janitor === false ? 0 : Math.min(plan.janitor, 2 ** 31 - 1);
  words[C_BUCKETS] = BUCKETS_FIRST;
  words[C_OVERFLOW_LOW] = sizes.bucketsMax;
  doubles[CF_MEMORY] = plan.memory;
  doubles[CF_MAX] = plan.max;
  doubles[CF_TTL] = plan.ttl ?? 0;
  doubles[CF_ORIGIN] = sizes.originMs;
  doubles[CF_DATA_BYTES] = sizes.dataBytes;
  doubles[CF_CREATED] = plan.clock.wall();
  words[C_LAYOUT] = LAYOUT;
  words[C_MAGIC] = MAGIC;
}

/** A version from before a restart is not to match by accident, so they begin anywhere. */
function giveFirstVersions(handle: TableHandle): void {
  const words = new Int32Array(handle.index[0]);
  for (let bucket = 0; bucket < BUCKETS_FIRST; bucket++) {
    words[bucket * BUCKET_WORDS] = 1 + randomInt(VERSION_START_MAX);
  }
}

function partsOf(plan: TablePlan): Record<string, SharedArrayBuffer> {
  const parts: Record<string, SharedArrayBuffer> = {
    tags: new SharedArrayBuffer(tagTableBytes(plan.memory)),
    leases: new SharedArrayBuffer(leasesBytes(plan.memory)),
    policy: new SharedArrayBuffer(historyBytes(plan.memory, plan.max)),
  };
  if (plan.feed === 0) return parts;
  parts.feed = new SharedArrayBuffer(ringBytes(plan.feed, plan.threads + SPARE_RECORDS));
  Ring.initialize(parts.feed, plan.feed, plan.threads + SPARE_RECORDS);
  return parts;
}

function buffers(bytes: number): SharedArrayBuffer[] {
  const made: SharedArrayBuffer[] = [];
  for (let left = bytes; left > 0; left -= BANK_BYTES)
    made.push(new SharedArrayBuffer(Math.min(left, BANK_BYTES)));
  return made;
}

function tooSmall(plan: TablePlan, books: number): never {
  const needed = books + (SEGMENTS_MIN + 1) * plan.segmentSize;
  const right = `${SEGMENTS_MIN} segments must fit beside ${books} bytes of bookkeeping, which takes about ${formatBytes(Math.ceil(needed / 1_024) * 1_024)}`;
  throw InvalidOptionError.conflict(
    "SharedTable.create",
    ["memory", "segmentSize", "feed", "threads"],
    right,
  );
}
