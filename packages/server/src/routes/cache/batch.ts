/**
 * POST /cache/batch `{operations: [{op, key, value?, ttl?, amount?}]}`: many operations for the price of one request.
 *
 *     body -> plan (all of it is checked: one mistake, and nothing is done) -> results, in order
 *
 * What the cache itself may refuse while the operations run (incr of what is no number, a sum beyond 64 bits, no room)
 * stands in the result of that operation, as in a pipeline; the others are done.
 */
import type { Route } from "../../http/route.js";
import { serveBatch } from "../batch/serve.js";
import { CachePlan } from "./batch-plan.js";
import { CacheRun } from "./batch-run.js";

const plan = new CachePlan();
const run = new CacheRun();

export const batchRoute: Route = {
  name: "cache_batch",
  method: "POST",
  path: "/cache/batch",
  // Of gets alone; the plan knows.
  scope: "read",
  handle: (exchange, context) => serveBatch(exchange, context, plan, run),
};
