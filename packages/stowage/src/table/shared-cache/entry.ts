/**
 * One entry of a shared cache: looking at it, and storing it. Between this file and the table, values are bytes; above it,
 * they are values.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import type { RemovalCause } from "../../cache/types.js";
import { hashTags } from "../tags.js";
import type { EntryMeta } from "../types.js";
import { ADD, IF_VERSION, type PutMode, put, SET } from "../verbs/put.js";
import { locate, readInto } from "../verbs/read.js";
import { noteAbsent, removeIf } from "../verbs/remove.js";
import { checkValue } from "../verbs/values.js";
import { writeKeeping } from "../verbs/write.js";
import { type BoundCodec, codecTrouble, KIND_UNKNOWN } from "./codecs.js";
import type { SharedState } from "./state.js";
import type { SharedStoring } from "./storing.js";
import {
  isNeeded,
  keepMsIn,
  NO_TRAILER,
  readTrailer,
  TRAILER_FLAG,
  type Trailer,
  valueEnd,
  withTrailer,
} from "./trailer.js";

const MEMORY_BYTES = 16 * 1024;
/** A buffer that a large value has made larger than this is let go. */
const MEMORY_BYTES_MAX = 1024 * 1024;
const KIND_MASK = 0x07;

/** What `look` found. */
export const NONE = 0;
/** Expired, and kept for fetch to fall back on. */
export const STALE = 1;
export const LIVE = 2;

/** What was looked at last, used again and again so that a look allocates nothing. */
export class Reading implements EntryMeta {
  memory: Buffer = Buffer.allocUnsafeSlow(MEMORY_BYTES);
  /** Bytes of value and trailer. */
  length = 0;
  flags = 0;
  version = 0;
  /** Milliseconds that the table keeps it for; Infinity: for ever. */
  ttl = 0;
  /** The same when it was stored. */
  ttlGiven = 0;
  /** How much of that comes after it has expired. */
  keepMs = 0;

  get isLive(): boolean {
    return this.keepMs === 0 || this.ttl > this.keepMs;
  }
}

/** Reads the entry into `s.reading`. `counts`: as a use of it. */
export function look<V>(s: SharedState<V>, key: string, where: string, counts: boolean): number {
  const { t, reading } = s;
  takeKey(s, key, where);
  let length = readInto(t, reading.memory, 0, reading, counts);
  while (length > reading.memory.length) {
    reading.memory = Buffer.allocUnsafeSlow(length);
    length = readInto(t, reading.memory, 0, reading, counts);
  }
  reading.length = length;
  if (length < 0) {
    reading.version = 0;
    return NONE;
  }
  reading.keepMs = (reading.flags & TRAILER_FLAG) === 0 ? 0 : keepMsIn(reading.memory, length);
  return reading.isLive ? LIVE : STALE;
}

/** The same without the value, as far as that will do: whether it is there, and until when. Counts as no use. */
export function glance<V>(s: SharedState<V>, key: string, where: string): number {
  takeKey(s, key, where);
  if (!locate(s.t, s.reading)) return NONE;
  if ((s.reading.flags & TRAILER_FLAG) !== 0) return look(s, key, where, false);
  s.reading.keepMs = 0;
  return LIVE;
}

/** The value that was looked at. */
export function valueIn<V>(s: SharedState<V>, key: string): V {
  const { codec } = s.options;
  const { memory, length, flags } = s.reading;
  const end = (flags & TRAILER_FLAG) === 0 ? length : valueEnd(memory, length);
  const kind = flags & KIND_MASK;
  if (memory.length > MEMORY_BYTES_MAX) s.reading.memory = Buffer.allocUnsafeSlow(MEMORY_BYTES);
  try {
    checkKind(codec, kind);
    return codec.decode(memory, end, kind) as V;
  } catch (error) {
    throw codecTrouble(codec, key, "read", error);
  }
}

/** The trailer of what was looked at. */
export function trailerOf<V>({ reading }: SharedState<V>): Trailer {
  return (reading.flags & TRAILER_FLAG) === 0 ? NO_TRAILER : readTrailer(reading.memory, reading.length);
}

/** Bytes and flags, as the table takes them. */
export interface Encoded {
  readonly bytes: Uint8Array | string;
  readonly flags: number;
}

export function encode<V>(s: SharedState<V>, key: string, value: V, trailer: Trailer): Encoded {
  const { codec } = s.options;
  try {
    const bytes = codec.encode(value);
    const kind = codec.kindOf(value);
    if (!isNeeded(trailer)) return { bytes, flags: kind };
    return { bytes: withTrailer(bytes, trailer), flags: kind | TRAILER_FLAG };
  } catch (error) {
    throw codecTrouble(codec, key, "store", error);
  }
}

/** What was there when a change began: the change takes place only if it still is. */
export interface Seen {
  /** 0: nothing. */
  readonly version: number;
  readonly trailer: Trailer;
}

/** What was looked at. */
export function seen<V>(s: SharedState<V>): Seen {
  return { version: s.reading.version, trailer: s.reading.version === 0 ? NO_TRAILER : trailerOf(s) };
}

/** What a write may say beside the value. */
export interface Conditions {
  /** The version that the entry must have; 0: none may be there. Default: whatever is there. */
  readonly version?: number;
  /** Has the last word, under the lock of the key's bucket. */
  readonly guard?: () => boolean;
  /** The tags' sequence that the entry is to bear. Default: that of now. */
  readonly tagSequence?: number;
}

/** Stores a value; its version, or 0 if a condition was against it. */
export function write<V>(
  s: SharedState<V>,
  key: string,
  value: V,
  how: SharedStoring,
  where: string,
  conditions: Conditions = {},
): number {
  const { version, guard, tagSequence } = conditions;
  const mode = version === undefined ? SET : version === 0 ? ADD : IF_VERSION;
  return store(s, key, encode(s, key, value, how), how, where, mode, version ?? 0, guard, tagSequence);
}

/** Imports bring the time to live that an entry was given, which may be longer than what is left. */
export function store<V>(
  s: SharedState<V>,
  key: string,
  encoded: Encoded,
  how: SharedStoring,
  where: string,
  mode: PutMode = SET,
  expected = 0,
  guard?: () => boolean,
  tagSequence = s.t.tags.sequence,
  ttlGivenMs = how.ttlMs,
): number {
  const { t } = s;
  checkValue(t, encoded.bytes, where);
  const before = leaving(s, key, "replaced");
  takeKey(s, key, where);
  const { draft } = t;
  draft.plain(encoded.flags);
  if (how.ttlMs !== 0) {
    draft.deadline = t.timekeeper.now() + how.ttlMs + how.keepMs;
    draft.ttl = ttlGivenMs + how.keepMs;
  }
  if (how.tags.length > 0) {
    draft.tags = hashTags(how.tags, where);
    draft.tagCount = how.tags.length;
    draft.tagSequence = tagSequence;
  }
  const stored = put(t, encoded.bytes, mode, expected, guard);
  written(s, key, stored !== 0, stored === 0 ? null : before);
  return stored;
}

/** Stores a value in place of one that was seen: expiry and tags stay. False: another one is there by now. */
export function writeInPlace<V>(
  s: SharedState<V>,
  key: string,
  value: V,
  before: Seen,
  where: string,
): boolean {
  const { bytes, flags } = encode(s, key, value, before.trailer);
  const old = leaving(s, key, "replaced");
  const stored = writeKeeping(s.t, key, before.version, bytes, where, flags) !== 0;
  written(s, key, stored, stored ? old : null);
  return stored;
}

/** Removes the entry, live or stale, if it has this version; of version 0, what is absent: loads of the key are told. */
export function removeVersion<V>(s: SharedState<V>, key: string, version: number, where: string): boolean {
  const old = leaving(s, key, "deleted");
  takeKey(s, key, where);
  const removed = version === 0 ? noteAbsent(s.t) : removeIf(s.t, key, version);
  written(s, key, false, removed ? old : null);
  return removed;
}

/** After a write of this thread; `gone`: the value that went with it. */
export function written<V>(s: SharedState<V>, key: string, stored: boolean, gone: Leaving<V> | null): void {
  s.ownWrites++;
  s.outcomes.written(key);
  if (stored) s.stats.writes++;
  if (gone !== null) s.removals.note(key, gone.value, gone.cause);
}

/** A value that is about to go or to be replaced; null where no listener of this thread wants to know. */
export interface Leaving<V> {
  readonly value: V;
  readonly cause: RemovalCause;
}

export function leaving<V>(s: SharedState<V>, key: string, cause: RemovalCause): Leaving<V> | null {
  if (!s.removals.wanted) return null;
  const found = look(s, key, "onRemoval", false);
  return found === NONE ? null : { value: valueIn(s, key), cause: found === LIVE ? cause : "expired" };
}

export function takeKey<V>(s: SharedState<V>, key: string, where: string): void {
  checkKey(key, where);
  s.t.key.take(key, where);
}

export function checkKey(key: unknown, where: string): asserts key is string {
  if (typeof key !== "string")
    throw new InvalidArgumentError(where, "key", key, "a text: keys of a shared cache are stored as bytes");
}

function checkKind(codec: BoundCodec, kind: number): void {
  if (kind !== KIND_UNKNOWN && !codec.kinds.includes(kind))
    throw new TypeError("it was stored with another codec");
}
