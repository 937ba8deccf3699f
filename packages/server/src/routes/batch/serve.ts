/** Answers a batch that was checked: in one piece, or, where it is long, in parts. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { mayDo } from "../../access/types.js";
import type { WorkerContext } from "../../context.js";
import { notAllowed } from "../../http/admission.js";
import type { Exchange } from "../../http/exchange.js";
import type { BatchPlan } from "./plan.js";
import type { BatchRun } from "./run.js";

/** @throws Fault for a body of which nothing was done */
export function serveBatch<Plan extends BatchPlan>(
  exchange: Exchange,
  { table, config }: WorkerContext,
  plan: Plan,
  run: BatchRun<Plan>,
): void | Promise<void> {
  plan.readFrom(exchange, config);
  if (plan.writes && !mayDo(exchange.principal, "write")) throw notAllowed(exchange.principal, "write");
  run.begin(table, exchange.content, plan);
  const text = run.next();
  if (run.done) return exchange.reply(200, text);
  return goOn(exchange, run.leave(), text);
}

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
