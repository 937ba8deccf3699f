/** The routes below /cache that change something, of a fleet. */
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { Members } from "../../json/members.js";
import { addTo, removeAll } from "../../l2/index.js";
import { keyTextOf, readBody } from "../cache/body.js";
import { keyParam } from "../cache/key-param.js";
import { amountAt, ttlAt } from "../cache/numbers.js";
import { SUCCESS } from "../cache/success.js";
import { checkKeySize, draftOf, tierOf } from "./entry.js";

const setMembers = new Members(["key", "value", "ttl"]);
const counterMembers = new Members(["key", "amount"]);

export async function set(exchange: Exchange, context: WorkerContext): Promise<void> {
  readBody(exchange, setMembers);
  const { content } = exchange;
  const { starts, ends } = setMembers;
  const key = keyTextOf(exchange, starts[0], ends[0]);
  if (starts[1] < 0) throw new Fault(400, "missing_value", "value is missing; it may be any JSON value");
  const ttl = ttlAt(content, starts[2], ends[2]);
  const value = Buffer.from(content.subarray(starts[1], ends[1]));
  await tierOf(context).put(key, draftOf(context.config, key, value, ttl === undefined ? {} : { ttl }));
  exchange.replyFixed(SUCCESS);
}

export async function remove(exchange: Exchange, context: WorkerContext): Promise<void> {
  const key = keyParam(exchange);
  checkKeySize(key);
  await tierOf(context).remove(key);
  exchange.replyFixed(SUCCESS);
}

export const incr = counter(1);
export const decr = counter(-1);

function counter(sign: 1 | -1) {
  return async (exchange: Exchange, context: WorkerContext): Promise<void> => {
    readBody(exchange, counterMembers);
    const { starts, ends } = counterMembers;
    const key = keyTextOf(exchange, starts[0], ends[0]);
    const amount = amountAt(exchange.content, starts[1], ends[1]);
    checkKeySize(key);
    const signed = sign < 0 ? -amount : amount;
    const sum = await addTo(tierOf(context), key, signed, undefined, context.config.ttl);
    exchange.reply(200, `{"value":${sum}}`);
  };
}

export async function clear(exchange: Exchange, context: WorkerContext): Promise<void> {
  if (exchange.principal.prefixes !== null)
    throw new Fault(
      403,
      "forbidden_key",
      "this token does not reach all keys; POST /v1/invalidate removes those of a prefix",
    );
  exchange.reply(200, `{"success":true,"cleared":${await removeAll(tierOf(context))}}`);
}
