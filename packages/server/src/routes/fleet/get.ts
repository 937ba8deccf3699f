/** GET /cache/get of a fleet: a hit of the table as fast as of a server alone, but for the tail that is left out; else L2. */
import type { EntryMeta } from "stowage/table";
import type { WorkerContext } from "../../context.js";
import { type Exchange, JSON_TYPE } from "../../http/exchange.js";
import { Frame } from "../../http/frame.js";
import { type Looked, PLAIN, TAIL_BYTES, type Tier } from "../../l2/index.js";
import { jsonOf } from "../../stored/index.js";
import { notJson } from "../cache/get.js";
import { keyParam, keyRange } from "../cache/key-param.js";
import { checkKeySize, tierOf, toldAway } from "./entry.js";

const BEFORE = '{"value":';
const CLOSE = 0x7d;
/** Longer values go out as bytes of their own. */
const SHORT_MAX = 16 * 1_024 + TAIL_BYTES;

/** One of the thread: an answer is sent before the next one is made. */
const frame = new Frame(BEFORE, SHORT_MAX);
const { bytes, room, valueAt } = frame;
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };

export function getRoute(exchange: Exchange, context: WorkerContext): void | Promise<void> {
  const tier = tierOf(context);
  if (tier.coherence.isTrusted) {
    const length = context.table.getInto(keyRange(exchange), room, valueAt, meta);
    if (length >= 0 && length <= SHORT_MAX && meta.flags === PLAIN) {
      const end = valueAt + length - TAIL_BYTES;
      bytes[end] = CLOSE;
      exchange.replyFrame(frame, end + 1);
      return undefined;
    }
  }
  return look(exchange, tier);
}

function look(exchange: Exchange, tier: Tier): void | Promise<void> {
  const key = keyParam(exchange);
  checkKeySize(key);
  const looked = tier.read(key);
  if (looked instanceof Promise) return looked.then((found) => reply(exchange, found));
  return reply(exchange, looked);
}

function reply(exchange: Exchange, looked: Looked): void {
  if (looked === null) toldAway(exchange);
  else if (looked === undefined) exchange.notFound();
  else {
    const { bytes: found, length, flags, leftMs } = looked;
    if (flags === 0 && length > SHORT_MAX) replyLong(exchange, found, length);
    else {
      const json = jsonOf(flags, found, 0, length, leftMs);
      if (json === undefined) throw notJson();
      if (json === null) exchange.notFound();
      else exchange.reply(200, `${BEFORE}${json}}`);
    }
  }
}

function replyLong(exchange: Exchange, found: Buffer, length: number): void {
  const body = Buffer.allocUnsafeSlow(BEFORE.length + length + 1);
  body.latin1Write(BEFORE, 0);
  found.copy(body, BEFORE.length, 0, length);
  body[BEFORE.length + length] = CLOSE;
  exchange.replyBytes(200, body, JSON_TYPE);
}
