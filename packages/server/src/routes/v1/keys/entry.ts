/** What is there under a key, as /v1 sees it; and how it is sent. */

import type { EntryMeta, SharedTable } from "stowage/table";
import type { Fields } from "stowage-http1";
import type { Exchange } from "../../../http/exchange.js";
import { readStored } from "../../../stored/index.js";
import { etagOf } from "./etag.js";

export interface Entry {
  /** With what stands behind the value. Only lent, if it is not long: until the next entry is read. */
  readonly bytes: Buffer;
  /** Where the value ends. */
  readonly end: number;
  readonly version: number;
  readonly type: string;
  /** Milliseconds until it is stale; Infinity: never; below 0: it is, and its grace runs. */
  readonly freshMs: number;
  readonly graceMs: number;
}

/** Longer values get memory of their own. */
const scratch = Buffer.allocUnsafeSlow(64 * 1_024);
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };

/** What the table has, stale or not. */
export function readEntry(table: SharedTable, key: string): Entry | undefined {
  const length = table.getInto(key, scratch, 0, meta);
  if (length < 0) return undefined;
  if (length <= scratch.length) return entryOf(scratch, length, meta.flags, meta.version, meta.ttl);
  const long = table.getEntry(key);
  if (long === undefined) return undefined;
  const { value, flags, version, ttl } = long;
  return entryOf(value, value.length, flags, version, ttl ?? Number.POSITIVE_INFINITY);
}

/** The entry that everybody sees; undefined: there is none, or a stale one. */
export function readFresh(table: SharedTable, key: string): Entry | undefined {
  const entry = readEntry(table, key);
  return entry !== undefined && isFresh(entry) ? entry : undefined;
}

export function isFresh(entry: Entry): boolean {
  return entry.freshMs > 0;
}

/** Answers with the value. */
export function sendEntry(exchange: Exchange, status: number, entry: Entry, more: Fields = {}): void {
  const { bytes, end, type } = entry;
  const fields = { ...fieldsOf(entry), "accept-ranges": "none", ...more };
  if (bytes === scratch) exchange.reply(status, bytes.latin1Slice(0, end), type, fields);
  else exchange.replyBytes(status, bytes.subarray(0, end), type, fields);
}

/** What is said of an entry with its value, and in a 304 without it (RFC 9110 15.4.5). */
export function fieldsOf({ version, freshMs, graceMs }: Entry): Record<string, string | number> {
  const fields: Record<string, string | number> = { etag: etagOf(version), "stowage-ttl": ttlText(freshMs) };
  if (graceMs > 0) fields["stowage-grace"] = graceMs;
  return fields;
}

function ttlText(freshMs: number): string | number {
  return freshMs === Number.POSITIVE_INFINITY ? "none" : Math.max(0, Math.ceil(freshMs));
}

/** @param ttlMs until it is gone, its grace included */
export function entryOf(bytes: Buffer, length: number, flags: number, version: number, ttlMs: number): Entry {
  const { type, end, graceMs } = readStored(flags, bytes, 0, length);
  return { bytes, end, version, type, freshMs: ttlMs - graceMs, graceMs };
}
