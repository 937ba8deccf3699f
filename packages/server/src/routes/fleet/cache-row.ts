/** An operation of POST /cache/batch, of a fleet. Results repeat op and key, as it came. */
import { utf8Bytes } from "stowage-http1";
import type { Config } from "../../config/settings.js";
import type { Fault } from "../../http/fault.js";
import { addTo, type Looked, type Tier } from "../../l2/index.js";
import { jsonOf } from "../../stored/index.js";
import { DECR, DELETE, GET, opNames, SET } from "../cache/batch-plan.js";
import { amountAt, ttlAt } from "../cache/numbers.js";
import type { Operation } from "./batch.js";
import { draftOf } from "./entry.js";

export function cacheRow(tier: Tier, config: Config, operation: Operation): string | Promise<string> {
  const { op, key, keyText } = operation;
  const before = `{"op":"${opNames[op]}","key":${keyText}`;
  if (op !== GET) return write(tier, config, operation).then((result) => `${before},${result}}`);
  const looked = tier.read(key);
  if (looked instanceof Promise) return looked.then((found) => `${before},${valueText(found)}}`);
  return `${before},${valueText(looked)}}`;
}

cacheRow.faulty = (op: number, keyText: string, fault: Fault): string =>
  `{"op":"${opNames[op]}","key":${keyText},${utf8Bytes(fault.body).slice(1)}`;

function valueText(looked: Looked): string {
  const json = looked ? jsonOf(looked.flags, looked.bytes, 0, looked.length, looked.leftMs) : null;
  if (json === null) return '"value":null,"found":false';
  return json === undefined ? '"value":null,"found":true,"error":"not_json"' : `"value":${json},"found":true`;
}

async function write(tier: Tier, config: Config, { op, key, value, own, bytes }: Operation): Promise<string> {
  const [number, numberEnd] = own;
  if (op === SET) {
    const ttl = ttlAt(bytes, number, numberEnd);
    await tier.put(key, draftOf(config, key, value, ttl === undefined ? {} : { ttl }));
    return '"success":true';
  }
  if (op === DELETE) {
    await tier.remove(key);
    return '"success":true';
  }
  const amount = amountAt(bytes, number, numberEnd);
  return `"value":${await addTo(tier, key, op === DECR ? -amount : amount, undefined, config.ttl)}`;
}
