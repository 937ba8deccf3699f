/** GET and HEAD /v1/keys/{key}. Range is left out: values are read whole (RFC 9110 14.2 lets a server pass over it). */
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { fieldsOf, readFresh, sendEntry } from "./entry.js";
import { conditionsOf, judge } from "./etag.js";
import { keyOf } from "./key.js";
import { preconditionFailed } from "./outcome.js";

export function getKey(exchange: Exchange, { table }: WorkerContext): void {
  const key = keyOf(exchange);
  const conditions = conditionsOf(exchange.head);
  const entry = readFresh(table, key);
  // Conditions don't count where the answer would be 404 without them (RFC 9110 13.2.1).
  if (entry === undefined) {
    exchange.notFound();
    return;
  }
  const verdict = conditions === undefined ? "pass" : judge(conditions, entry.version);
  if (verdict === "failed") throw preconditionFailed(entry.version);
  if (verdict === "not-modified") exchange.empty(304, fieldsOf(entry));
  else sendEntry(exchange, 200, entry);
}
