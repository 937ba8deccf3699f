/** get, getString, getInto, getEntry, has, ttl. */
import { InvalidArgumentError } from "../../base/errors.js";
import { deadlineOf, isGone, ttlGivenOf } from "../log/gone.js";
import { keyEnd, valueStart, versionOf, wordAt, wordsOf } from "../log/items.js";
import { readBytes, valueStartOf } from "../log/jumbo.js";
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  FLAGS_MASK,
  I_EXTRA,
  I_INFO,
  I_VALUE_LENGTH,
  JUMBO,
  KIND_MASK,
  TAGGED,
  TIMED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import type { EntryMeta, Key, KeyRange, TableEntry } from "../types.js";
import { copyInto, copyOut, copyToScratch, SCRATCH_BYTES, scratch } from "./copy-out.js";
import { expire, hit, isPlausible, memoryFor, miss, probe, unchanged } from "./probe.js";
import { counterBuffer, counterText, counterValue } from "./values.js";

/** Before memory of this size is asked for, the length is confirmed. */
const CONFIRM_BYTES = 4 * 1024;

export function get(t: TableState, key: Key): Buffer | undefined {
  t.key.take(key, "get");
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) return miss(t);
    const words = t.banks[location >>> BANK_UNIT_BITS];
    const at = (location & BANK_UNIT_MASK) << 1;
    const info = words[at + I_INFO];
    if ((info & SPECIAL) !== 0) {
      const found = getSpecial(t, location, info);
      if (found !== AGAIN) return found;
      continue;
    }
    const length = words[at + I_VALUE_LENGTH];
    const start = keyEnd(info);
    if (!isBelievable(t, location, start, length)) continue;
    const value = copyOut(t, location, start, length);
    if (!unchanged(t)) continue;
    hit(t, location);
    return value;
  }
}

export function getString(t: TableState, key: Key): string | undefined {
  t.key.take(key, "getString");
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) return miss(t);
    const words = t.banks[location >>> BANK_UNIT_BITS];
    const at = (location & BANK_UNIT_MASK) << 1;
    const info = words[at + I_INFO];
    const length = words[at + I_VALUE_LENGTH];
    if ((info & SPECIAL) !== 0 || length > SCRATCH_BYTES) {
      const found = getSpecial(t, location, info);
      if (found !== AGAIN) return found?.toString("utf8");
      continue;
    }
    const start = keyEnd(info);
    if (!isBelievable(t, location, start, length)) continue;
    copyToScratch(t, location, start, length);
    if (!unchanged(t)) continue;
    hit(t, location);
    return scratch.toString("utf8", 0, length);
  }
}

export function getInto(
  t: TableState,
  key: Key | KeyRange,
  target: Uint8Array,
  offset = 0,
  meta?: EntryMeta,
): number {
  if (!(target instanceof Uint8Array))
    throw new InvalidArgumentError("getInto", "the target", target, "a Uint8Array");
  if (!Number.isInteger(offset) || offset < 0 || offset > target.length)
    throw new InvalidArgumentError("getInto", "the offset", offset, "a whole number within the target");
  t.key.take(key, "getInto");
  return readInto(t, target, offset, meta, true);
}

/** The same for the current key. `counts`: as a use of the entry, a hit or a miss. */
export function readInto(
  t: TableState,
  target: Uint8Array,
  offset: number,
  meta: EntryMeta | undefined,
  counts: boolean,
): number {
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) {
      if (counts) miss(t);
      return ABSENT;
    }
    const info = wordsOf(t, location)[wordAt(location) + I_INFO];
    const length =
      (info & SPECIAL) === 0
        ? intoPlain(t, location, info, target, offset)
        : intoSpecial(t, location, info, target, offset);
    if (length >= 0 && meta !== undefined) readMeta(t, location, info, meta);
    if (!unchanged(t) || length === RETRY) continue;
    if (length !== ABSENT) {
      if (counts) hit(t, location);
      return length;
    }
    expire(t);
    if (counts) miss(t);
    return ABSENT;
  }
}

export function getEntry(t: TableState, key: Key): TableEntry | undefined {
  t.key.take(key, "getEntry");
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) return miss(t);
    const info = wordsOf(t, location)[wordAt(location) + I_INFO];
    readMeta(t, location, info, entryMeta);
    const { flags, version, ttl } = entryMeta;
    const value = getSpecial(t, location, info);
    if (value === undefined) return undefined;
    if (value !== AGAIN) return { value, flags, version, ttl: ttl === Number.POSITIVE_INFINITY ? null : ttl };
  }
}

/** Whether there is an entry, and what is to be known of it. Does not count as a use. */
export function has(t: TableState, key: Key | KeyRange, meta?: EntryMeta): boolean {
  t.key.take(key, "has");
  return locate(t, meta ?? null);
}

/** Milliseconds left; null: for ever; undefined: there is no entry. */
export function ttl(t: TableState, key: Key): number | null | undefined {
  t.key.take(key, "ttl");
  if (!locate(t, entryMeta)) return undefined;
  return entryMeta.ttl === Number.POSITIVE_INFINITY ? null : entryMeta.ttl;
}

/** Whether there is an entry of the current key; what is to be known of it. Does not count as a use. */
export function locate(t: TableState, meta: EntryMeta | null): boolean {
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) return false;
    const info = wordsOf(t, location)[wordAt(location) + I_INFO];
    const gone = isGone(t, location, info);
    if (meta !== null) readMeta(t, location, info, meta);
    if (!unchanged(t)) continue;
    if (gone) expire(t);
    return !gone;
  }
}

/** What has more to it than key and value. */
const SPECIAL = TIMED | TAGGED | KIND_MASK | JUMBO;
const ABSENT = -1;
/** The bucket changed while it was read. */
const RETRY = -2;
const AGAIN = Symbol("the bucket changed while it was read");
const entryMeta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };

/** Whether the length can be right; and is right, before much memory is asked for. */
function isBelievable(t: TableState, location: number, start: number, length: number): boolean {
  if (
    isPlausible(t, location, start, length) &&
    (length <= CONFIRM_BYTES || t.readBucket >= 0 || isSteady(t))
  )
    return true;
  return false;
}

function isSteady(t: TableState): boolean {
  return Atomics.load(t.readWords, t.readAt) === t.readVersion;
}

/** The value of an item with a deadline or tags, of a counter, or of a long item. Ends the read. */
function getSpecial(t: TableState, location: number, info: number): Buffer | undefined | typeof AGAIN {
  if (isGone(t, location, info)) {
    if (!unchanged(t)) return AGAIN;
    expire(t);
    return miss(t);
  }
  const value = (info & KIND_MASK) === 0 ? bytesOf(t, location, info) : counterOf(t, location);
  if (value === undefined || !unchanged(t)) return AGAIN;
  hit(t, location);
  return value;
}

function counterOf(t: TableState, location: number): Buffer {
  return counterBuffer(counterValue(t, location));
}

function bytesOf(t: TableState, location: number, info: number): Buffer | undefined {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const length = words[at + I_VALUE_LENGTH];
  if ((info & JUMBO) !== 0) return longValue(t, location, length);
  const start = valueStart(words, at);
  return isBelievable(t, location, start, length) ? copyOut(t, location, start, length) : undefined;
}

function longValue(t: TableState, location: number, length: number): Buffer | undefined {
  const start = valueStartOf(t, location);
  if (length < 0 || length > t.valueBytesMax || start < 0) return undefined;
  if (t.readBucket < 0 && !isSteady(t)) return undefined;
  const value = memoryFor(t, length);
  return readBytes(t, location, start, value, 0, length) ? value : undefined;
}

function intoPlain(
  t: TableState,
  location: number,
  info: number,
  target: Uint8Array,
  offset: number,
): number {
  const length = wordsOf(t, location)[wordAt(location) + I_VALUE_LENGTH];
  const start = keyEnd(info);
  if (!isPlausible(t, location, start, length)) return RETRY;
  if (length <= target.length - offset) copyInto(t, location, start, length, target, offset);
  return length;
}

function intoSpecial(
  t: TableState,
  location: number,
  info: number,
  target: Uint8Array,
  offset: number,
): number {
  if (isGone(t, location, info)) return ABSENT;
  if ((info & KIND_MASK) !== 0) {
    const text = counterText(counterValue(t, location));
    if (text.length <= target.length - offset)
      for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
    return text.length;
  }
  const words = wordsOf(t, location);
  const length = words[wordAt(location) + I_VALUE_LENGTH];
  const start = valueStartOf(t, location);
  const long = (info & JUMBO) !== 0;
  if (length < 0 || start < 0 || (!long && !isPlausible(t, location, start, length))) return RETRY;
  if (length > target.length - offset) return length;
  return readBytes(t, location, start, target, offset, length) ? length : RETRY;
}

function readMeta(t: TableState, location: number, info: number, meta: EntryMeta): void {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const timed = (info & TIMED) !== 0;
  meta.flags = words[at + I_EXTRA] & FLAGS_MASK;
  meta.version = versionOf(words, at);
  meta.ttl = timed
    ? Math.max(0, deadlineOf(t, location, info) - t.timekeeper.now())
    : Number.POSITIVE_INFINITY;
  meta.ttlGiven = timed ? ttlGivenOf(t, location, info) : Number.POSITIVE_INFINITY;
  meta.tagged = (info & TAGGED) !== 0;
}
