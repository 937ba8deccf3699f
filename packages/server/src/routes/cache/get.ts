/** GET /cache/get?key=K: `{"value":V}`, V as it was stored. The route that the server is measured by. */
import type { EntryMeta, KeyRange, SharedTable } from "stowage/table";
import type { WorkerContext } from "../../context.js";
import { type Exchange, JSON_TYPE } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { Frame } from "../../http/frame.js";
import type { Route } from "../../http/route.js";
import { jsonOf } from "../../stored/index.js";
import { keyRange } from "./key-param.js";

const BEFORE = '{"value":';
const CLOSE = 0x7d;
/** Longer values go out as bytes of their own, without a copy as a string. */
const SHORT_MAX = 16 * 1_024;

/** One of the thread: an answer is sent before the next one is made. */
const frame = new Frame(BEFORE, SHORT_MAX);
const { bytes, room, valueAt } = frame;
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };

export const getRoute: Route = {
  name: "cache_get",
  method: "GET",
  path: "/cache/get",
  scope: "read",
  handle(exchange, { table }: WorkerContext) {
    const key = keyRange(exchange);
    const length = table.getInto(key, room, valueAt, meta);
    if (length < 0) exchange.notFound();
    else if (length > SHORT_MAX || meta.flags !== 0) replyLong(exchange, table, key, length);
    else {
      bytes[valueAt + length] = CLOSE;
      exchange.replyFrame(frame, valueAt + length + 1);
    }
  },
};

/** A long value, or one that /v1 stored with a type of its own. */
function replyLong(exchange: Exchange, table: SharedTable, key: string | KeyRange, expected: number): void {
  for (let space = expected; ; ) {
    const body = Buffer.allocUnsafeSlow(BEFORE.length + space + 1);
    const length = table.getInto(key, body, BEFORE.length, meta);
    if (length <= space) {
      replyFrom(exchange, body, length);
      return;
    }
    space = length;
  }
}

function replyFrom(exchange: Exchange, body: Buffer, length: number): void {
  const end = BEFORE.length + length;
  if (length >= 0 && meta.flags === 0) {
    body.latin1Write(BEFORE, 0);
    body[end] = CLOSE;
    exchange.replyBytes(200, body.subarray(0, end + 1), JSON_TYPE);
    return;
  }
  const value = length < 0 ? null : jsonOf(meta.flags, body, BEFORE.length, end, meta.ttl);
  if (value === undefined) throw notJson();
  if (value === null) exchange.notFound();
  else exchange.reply(200, `${BEFORE}${value}}`);
}

export function notJson(): Fault {
  return new Fault(409, "not_json", "the value is not JSON; read it with GET /v1/keys/{key}");
}
