/**
 * POST /cache/batch `{operations: [{op, key, value?, ttl?, amount?}]}`: many operations for the price of one request.
 *
 *     body -> plan (all of it is checked: one mistake, and nothing is done) -> results, in order
 *
 * What the cache itself may refuse while the operations run (incr of what is no number, a sum beyond 64 bits, no room)
 * stands in the result of that operation, as in a pipeline; the others are done.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { mayDo } from "../../access/types.js";
import { valueBytesMax } from "../../config/settings.js";
import { notAllowed } from "../../http/admission.js";
import type { Exchange } from "../../http/exchange.js";
import type { Route } from "../../http/route.js";
import { BatchPlan } from "./batch-plan.js";
import { BatchRun } from "./batch-run.js";

const plan = new BatchPlan();
const run = new BatchRun();

export const batchRoute: Route = {
  name: "cache_batch",
  method: "POST",
  path: "/cache/batch",
  // Of gets alone; the plan knows.
  scope: "read",
  handle(exchange, { table, config }) {
    plan.readFrom(exchange, valueBytesMax(config));
    if (plan.writes && !mayDo(exchange.principal, "write")) throw notAllowed(exchange.principal, "write");
    run.begin(table, exchange.content, plan);
    const text = run.next();
    if (run.done) return exchange.reply(200, text);
    return goOn(exchange, run.leave(), text);
  },
};

/** A long one: results go out as they are made, and others get their turn. It is done to its end, whoever still listens. */
async function goOn(exchange: Exchange, long: BatchRun, first: string): Promise<void> {
  exchange.beginParts(200);
  let text = first;
  let failure: unknown;
  for (;;) {
    if (failure === undefined) await exchange.part(text).catch((error) => (failure = error));
    if (long.done) break;
    await nextTurn();
    text = long.next();
  }
  if (failure !== undefined) throw failure;
  exchange.endParts();
}
