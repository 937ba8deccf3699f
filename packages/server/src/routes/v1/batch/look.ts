/** What is there under a key, for operations that do not read the value. Does not count as a use, nor as a hit or miss. */
import type { EntryMeta, SharedTable } from "stowage/table";
import { hasGrace } from "../../../stored/index.js";
import { readEntry } from "../keys/entry.js";

export interface Seen {
  /** Of what lies there, stale or not; 0: nothing. */
  version: number;
  /** Whether everybody sees it, so that it is not only kept for leases. */
  fresh: boolean;
  /** Milliseconds until it is stale; Infinity: never. */
  freshMs: number;
  graceMs: number;
}

const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };
/** One of the thread: it is used before the next look. */
const seen: Seen = { version: 0, fresh: false, freshMs: 0, graceMs: 0 };

export function look(table: SharedTable, key: string): Seen {
  const there = table.has(key, meta);
  if (there && hasGrace(meta.flags)) return lookBehind(table, key);
  return note(there ? meta.version : 0, meta.ttl, 0);
}

/** Its grace stands behind the value. */
function lookBehind(table: SharedTable, key: string): Seen {
  const entry = readEntry(table, key);
  return entry === undefined ? note(0, 0, 0) : note(entry.version, entry.freshMs, entry.graceMs);
}

function note(version: number, freshMs: number, graceMs: number): Seen {
  seen.version = version;
  seen.fresh = version !== 0 && (graceMs === 0 || freshMs > 0);
  seen.freshMs = freshMs;
  seen.graceMs = graceMs;
  return seen;
}
