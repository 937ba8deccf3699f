/** Reading what stands in the table: its kind, its content type, whether it is stale, and what it is as JSON. */
import type { SharedTable } from "stowage/table";
import {
  GRACE_FLAG,
  KIND_BYTES,
  KIND_MASK,
  KIND_TEXT,
  type Kind,
  kindTypes,
  readTrailer,
  TRAILER_FLAG,
} from "./layout.js";

export interface Stored {
  readonly kind: Kind;
  /** The content type to send it with. */
  readonly type: string;
  /** Where the value ends; it begins where the table's bytes do. */
  readonly end: number;
  readonly graceMs: number;
}

/** Milliseconds that the table still keeps an entry, as it tells them: `getInto` says Infinity for ever, `getEntry` null. */
export type TtlLeft = number | null;

/** What the table's bytes at [start, end) are, by their flags. */
export function readStored(flags: number, bytes: Buffer, start: number, end: number): Stored {
  const kind = kindOf(flags);
  const trailer = (flags & TRAILER_FLAG) === 0 ? undefined : readTrailer(bytes, start, end);
  if (trailer === undefined) return { kind, type: kindTypes[kind], end, graceMs: 0 };
  const { type, valueEnd, graceMs } = trailer;
  return { kind, type: type === "" ? kindTypes[kind] : type, end: valueEnd, graceMs };
}

/** Whether the entry is kept a while after its time to live, as its flags say. */
export function hasGrace(flags: number): boolean {
  return (flags & GRACE_FLAG) !== 0;
}

/** Whether the entry's own time is over and only its grace runs: a miss to everybody but leases. */
export function isStale(flags: number, bytes: Buffer, start: number, end: number, ttlMs: TtlLeft): boolean {
  if ((flags & GRACE_FLAG) === 0 || ttlMs === null) return false;
  return ttlMs <= readStored(flags, bytes, start, end).graceMs;
}

/**
 * The entry as a JSON text, a character a byte: what clients of /cache see. A text becomes a JSON string.
 *
 * @returns null: stale, so there is none; undefined: bytes, which JSON cannot say
 */
export function jsonOf(
  flags: number,
  bytes: Buffer,
  start: number,
  end: number,
  ttlMs: TtlLeft,
): string | null | undefined {
  const stored = readStored(flags, bytes, start, end);
  if (stored.graceMs > 0 && ttlMs !== null && ttlMs <= stored.graceMs) return null;
  if (stored.kind === KIND_BYTES) return undefined;
  if (stored.kind !== KIND_TEXT) return bytes.latin1Slice(start, stored.end);
  return Buffer.from(JSON.stringify(bytes.utf8Slice(start, stored.end)), "utf8").latin1Slice();
}

/** Whether a scan that met an entry with these flags lists it: stale ones are not listed. */
export function isListed(table: SharedTable, key: Uint8Array, flags: number): boolean {
  if ((flags & GRACE_FLAG) === 0) return true;
  const entry = table.getEntry(key);
  return entry !== undefined && !isStale(entry.flags, entry.value, 0, entry.value.length, entry.ttl);
}

/** Removes an entry that is stale, for verbs that must not build on it; whether there was one. */
export function dropIfStale(table: SharedTable, key: string): boolean {
  const entry = table.getEntry(key);
  if (entry === undefined || !isStale(entry.flags, entry.value, 0, entry.value.length, entry.ttl))
    return false;
  table.deleteIf(key, entry.version);
  return true;
}

/** Kind 3 is nobody's. */
function kindOf(flags: number): Kind {
  const kind = flags & KIND_MASK;
  return kind > KIND_BYTES ? KIND_BYTES : (kind as Kind);
}
