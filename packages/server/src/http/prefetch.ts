/**
 * Of what arrived and was not read yet, the keys that GET /cache/get will ask for: the table fetches their memory for all
 * of them at the same time. Told from the first bytes alone; what looks like such a request and is none costs a look at
 * memory that nobody wants.
 */
import type { SharedTable } from "stowage/table";

const BEFORE_KEY = Buffer.from("GET /cache/get?key=");
const SP = 0x20;
/** Fewer do not pay. */
const KEYS_MIN = 4;

/** One of the thread: it is used during a call. */
let keys = new Int32Array(0);

/** `ranges` as stowage-http1 gives them. */
export function prefetchGets(table: SharedTable, bytes: Buffer, ranges: Int32Array, count: number): void {
  if (count < KEYS_MIN) return;
  if (keys.length < ranges.length) keys = new Int32Array(ranges.length);
  let found = 0;
  for (let index = 0; index < count; index++) {
    const start = ranges[index * 2];
    const end = ranges[index * 2 + 1];
    if (!isGet(bytes, start, end)) continue;
    const keyStart = start + BEFORE_KEY.length;
    let keyEnd = keyStart;
    while (keyEnd < end && bytes[keyEnd] !== SP) keyEnd++;
    keys[found * 2] = keyStart;
    keys[found * 2 + 1] = keyEnd;
    found++;
  }
  if (found >= KEYS_MIN) table.prefetch(bytes, keys, found);
}

function isGet(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < BEFORE_KEY.length) return false;
  for (let at = 0; at < BEFORE_KEY.length; at++) if (bytes[start + at] !== BEFORE_KEY[at]) return false;
  return true;
}
