/** The key in a query. `?key=K`, with nothing in K that is encoded, is by far the most common: it is taken as it stands. */
import type { KeyRange } from "stowage/table";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";

/** What a plain key does not hold: it separates parameters, or stands for another character. */
const special = new Uint8Array(256);
for (const char of "&%+") special[char.charCodeAt(0)] = 1;
const NAME = Buffer.from("?key=");
/** One of the thread: it is used during a call. */
const range: { bytes: Buffer; start: number; end: number } = { bytes: NAME, start: 0, end: 0 };

/**
 * The key, where its bytes stand if it can be. The range is only lent.
 *
 * @throws Fault 400, or 403 for a key that the token does not reach
 */
export function keyRange(exchange: Exchange): string | KeyRange {
  return exchange.principal.prefixes === null && findPlain(exchange) ? range : keyParam(exchange);
}

/** The same as a text. */
export function keyParam(exchange: Exchange): string {
  const key = findPlain(exchange) ? range.bytes.latin1Slice(range.start, range.end) : exchange.param("key");
  if (key === undefined)
    throw new Fault(400, "missing_key", "the query parameter key is missing, as in ?key=user:1");
  exchange.checkKey(key);
  return key;
}

/** Whether the query is a plain key and nothing else; then it is in `range`. */
function findPlain({ head, pathEnd }: Exchange): boolean {
  const { bytes, base } = head;
  const start = base + pathEnd + NAME.length;
  const end = base + head.targetEnd;
  if (start > end || !startsWithName(bytes, base + pathEnd)) return false;
  for (let at = start; at < end; at++) if (special[bytes[at]] !== 0) return false;
  range.bytes = bytes;
  range.start = start;
  range.end = end;
  return true;
}

function startsWithName(bytes: Buffer, start: number): boolean {
  for (let at = 0; at < NAME.length; at++) if (bytes[start + at] !== NAME[at]) return false;
  return true;
}
