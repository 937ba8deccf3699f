/**
 * scan, entries, keys: the index from its first bucket to its last. A bucket is read as it stands at one moment. Splits
 * move entries upwards only, so a key that is there from the first call to the last is met at least once, and twice if it
 * moves between. Nothing counts as a use.
 */
import { bucketCount, bucketVersion, collect, isVersion } from "../directory/walk.js";
import { isGone } from "../log/gone.js";
import { keyLength, versionOf, wordAt, wordsOf } from "../log/items.js";
import { readBytes, valueStartOf } from "../log/jumbo.js";
import {
  FLAGS_MASK,
  I_EXTRA,
  I_INFO,
  I_VALUE_LENGTH,
  ITEM_HEAD_BYTES,
  JUMBO,
  KIND_MASK,
} from "../memory/layout.js";
import { scanOptions } from "../options.js";
import type { TableState } from "../state.js";
import { lockBucket, unlockUnchanged } from "../threads/locks.js";
import { entriesOf } from "../threads/stats.js";
import type { EntriesOptions, Key, ScannedEntry, ScanOptions, ScanResult } from "../types.js";
import { isPlausible } from "./probe.js";
import { counterBuffer, counterValue } from "./values.js";

/** So often it is read in vain; then the bucket is locked. */
const LOCK_AFTER = 16;

export function scan(t: TableState, options?: ScanOptions): ScanResult {
  const { prefix, cursor, limit, visit, values } = scanOptions.bind(options, "scan");
  const begins = prefixOf(t, prefix, "scan");
  const entries: ScannedEntry[] = [];
  const stop = cursor + bucketsOf(t, visit);
  let bucket = cursor;
  for (; bucket < bucketCount(t) && bucket < stop && entries.length < limit; bucket++) {
    entries.push(...entriesIn(t, bucket, begins, values));
  }
  return { entries, cursor: bucket < bucketCount(t) ? bucket : null };
}

/** In how many buckets about so many entries are. */
function bucketsOf(t: TableState, entries: number): number {
  const buckets = bucketCount(t);
  return Math.ceil(entries / Math.max(1, entriesOf(t) / buckets));
}

export function* entries(
  t: TableState,
  options?: EntriesOptions,
): Generator<[Buffer, Buffer], void, undefined> {
  for (const entry of walk(t, options, true, "entries")) yield [entry.key, entry.value as Buffer];
}

export function* keys(t: TableState, options?: EntriesOptions): Generator<Buffer, void, undefined> {
  for (const entry of walk(t, options, false, "keys")) yield entry.key;
}

function* walk(
  t: TableState,
  options: EntriesOptions | undefined,
  values: boolean,
  where: string,
): Generator<ScannedEntry, void, undefined> {
  const { prefix } = scanOptions.bind(options, where);
  const begins = prefixOf(t, prefix, where);
  for (let bucket = 0; !t.closed && bucket < bucketCount(t); bucket++)
    yield* entriesIn(t, bucket, begins, values);
}

/** The entries of a bucket's chain at one moment, those that have expired left out. */
export function entriesIn(t: TableState, bucket: number, prefix: Buffer, values: boolean): ScannedEntry[] {
  for (let tries = 0; tries < LOCK_AFTER; tries++) {
    const version = bucketVersion(t, bucket);
    const found = readEntries(t, bucket, prefix, values);
    if (found !== undefined && isVersion(t, bucket, version)) return found;
  }
  lockBucket(t, bucket);
  try {
    return readEntries(t, bucket, prefix, values) as ScannedEntry[];
  } finally {
    unlockUnchanged(t, bucket);
  }
}

/** Undefined when what stands there makes no sense: the bucket is being changed. */
function readEntries(
  t: TableState,
  bucket: number,
  prefix: Buffer,
  values: boolean,
): ScannedEntry[] | undefined {
  const locations: number[] = [];
  const found: ScannedEntry[] = [];
  const count = collect(t, bucket, locations);
  for (let index = 0; index < count; index++) {
    if (!readEntry(t, locations[index], prefix, values, found)) return undefined;
  }
  return found;
}

/** False when what stands there makes no sense. */
function readEntry(
  t: TableState,
  location: number,
  prefix: Buffer,
  values: boolean,
  found: ScannedEntry[],
): boolean {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const info = words[at + I_INFO];
  const key = copyAt(t, location, info, ITEM_HEAD_BYTES, keyLength(words, at));
  if (key === undefined) return false;
  if (key.length < prefix.length || key.compare(prefix, 0, prefix.length, 0, prefix.length) !== 0)
    return true;
  if (isGone(t, location, info)) return true;
  const flags = words[at + I_EXTRA] & FLAGS_MASK;
  const entry = { key, flags, version: versionOf(words, at) };
  const value = values ? valueAt(t, location, info) : undefined;
  if (values && value === undefined) return false;
  found.push(values ? { ...entry, value } : entry);
  return true;
}

function valueAt(t: TableState, location: number, info: number): Buffer | undefined {
  if ((info & KIND_MASK) !== 0) return counterBuffer(counterValue(t, location));
  const length = wordsOf(t, location)[wordAt(location) + I_VALUE_LENGTH];
  if (length < 0 || length > t.valueBytesMax) return undefined;
  return copyAt(t, location, info, valueStartOf(t, location), length);
}

function copyAt(
  t: TableState,
  location: number,
  info: number,
  start: number,
  length: number,
): Buffer | undefined {
  if (start < 0 || ((info & JUMBO) === 0 && !isPlausible(t, location, start, length))) return undefined;
  const copy = Buffer.allocUnsafe(length);
  return readBytes(t, location, start, copy, 0, length) ? copy : undefined;
}

function prefixOf(t: TableState, prefix: Key | null, where: string): Buffer {
  if (prefix === null) return Buffer.alloc(0);
  t.key.take(prefix, where);
  return t.key.copy();
}
