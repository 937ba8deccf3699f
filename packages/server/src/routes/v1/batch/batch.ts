/**
 * POST /v1/batch `{operations: [{op, key, ...}]}`: all verbs of one key, many of them for the price of one request. What
 * clients that gather operations send: results are in order, short, and each operation's fault is its own.
 *
 * All of the body is checked before anything is done. Values are JSON, stored as the bytes that came.
 */
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { serveBatch } from "../../batch/serve.js";
import { V1Plan } from "./plan.js";
import { V1Run } from "./run.js";

const plan = new V1Plan();
const run = new V1Run();

export function batch(exchange: Exchange, context: WorkerContext): void | Promise<void> {
  return serveBatch(exchange, context, plan, run);
}
