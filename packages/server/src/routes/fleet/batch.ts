/**
 * Batches of a fleet. All of the body is checked first, as ever; then the operations run, some hundred at a time, side by side: what
 * the table lacks goes to L2 in one round trip. Those of one key run one after another.
 */

import { mayDo } from "../../access/types.js";
import type { WorkerContext } from "../../context.js";
import { notAllowed } from "../../http/admission.js";
import type { Exchange } from "../../http/exchange.js";
import { faultOf } from "../../http/failures.js";
import type { Fault } from "../../http/fault.js";
import { stringAt } from "../../json/members.js";
import { type BatchPlan, KEY, OP_MASK, OWN, ROW, VALUE } from "../batch/plan.js";
import { GET as CACHE_GET, CachePlan } from "../cache/batch-plan.js";
import { GET, HAS, TTL, V1Plan } from "../v1/batch/plan.js";
import { cacheRow } from "./cache-row.js";
import { tierOf } from "./entry.js";
import { v1Row } from "./v1-row.js";

/** An operation, read from the body. */
export interface Operation {
  /** With the marks beside it. */
  readonly what: number;
  readonly op: number;
  readonly key: string;
  /** The key as it came, in bytes. */
  readonly keyText: string;
  readonly value: Buffer;
  /** The operation's own two numbers. */
  readonly own: readonly [number, number];
  /** The body. */
  readonly bytes: Buffer;
}

/** What it does; the text of its result. Now, or when L2 has answered. */
type RunRow = (operation: Operation) => string | Promise<string>;

/** Operations that run side by side. */
const PART_ROWS = 500;

const cachePlan = new CachePlan();
const v1Plan = new V1Plan();

export function cacheBatch(exchange: Exchange, context: WorkerContext): Promise<void> {
  const operations = read(exchange, context, cachePlan);
  const tier = tierOf(context);
  const run = (operation: Operation) => cacheRow(tier, context.config, operation);
  return answer(exchange, operations, run, ({ op }) => op === CACHE_GET, cacheFault);
}

export function v1Batch(exchange: Exchange, context: WorkerContext): Promise<void> {
  const operations = read(exchange, context, v1Plan);
  const { wishes } = v1Plan;
  const tier = tierOf(context);
  const run = (operation: Operation) => v1Row(tier, context.config, operation, wishes);
  const isRead = ({ op }: Operation): boolean => op === GET || op === HAS || op === TTL;
  return answer(exchange, operations, run, isRead, v1Fault);
}

/** @throws Fault for a body of which nothing was done */
function read(exchange: Exchange, { config }: WorkerContext, plan: BatchPlan): Operation[] {
  plan.readFrom(exchange, config);
  if (plan.writes && !mayDo(exchange.principal, "write")) throw notAllowed(exchange.principal, "write");
  const bytes = Buffer.from(exchange.content);
  const { rows } = plan;
  return Array.from({ length: plan.count }, (_, index): Operation => {
    const row = index * ROW;
    const start = rows[row + KEY];
    const end = rows[row + KEY + 1];
    return {
      what: rows[row],
      op: rows[row] & OP_MASK,
      key: stringAt(bytes, start, end),
      keyText: bytes.latin1Slice(start, end),
      value: bytes.subarray(rows[row + VALUE], rows[row + VALUE + 1]),
      own: [rows[row + OWN], rows[row + OWN + 1]],
      bytes,
    };
  });
}

/** A long one goes out in parts, and is done to its end, whoever still listens. */
async function answer(
  exchange: Exchange,
  operations: readonly Operation[],
  run: RunRow,
  isRead: (operation: Operation) => boolean,
  faultText: (fault: Fault, operation: Operation) => string,
): Promise<void> {
  const part = async (at: number): Promise<string> => {
    const texts = await runAll(operations.slice(at, at + PART_ROWS), run, isRead, faultText);
    return `${at === 0 ? '{"results":[' : ","}${texts.join(",")}`;
  };
  const first = await part(0);
  if (operations.length <= PART_ROWS) return exchange.reply(200, `${first}]}`);
  exchange.beginParts(200);
  let failure: unknown;
  const send = (text: string) => exchange.part(text).catch((error: unknown) => (failure = error));
  await send(first);
  for (let at = PART_ROWS; at < operations.length; at += PART_ROWS) {
    const text = await part(at);
    if (failure === undefined) await send(text);
  }
  if (failure === undefined) await send("]}");
  if (failure !== undefined) throw failure;
  exchange.endParts();
}

function runAll(
  operations: readonly Operation[],
  run: RunRow,
  isRead: (operation: Operation) => boolean,
  faultText: (fault: Fault, operation: Operation) => string,
): Promise<string[]> {
  /** Of keys that are written: the last one that was begun. */
  const tails = new Map<string, Promise<unknown>>();
  const attempt = async (operation: Operation): Promise<string> => {
    try {
      return await run(operation);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return faultText(fault, operation);
    }
  };
  return Promise.all(
    operations.map((operation) => {
      const before = tails.get(operation.key);
      const result = before === undefined ? attempt(operation) : before.then(() => attempt(operation));
      if (before !== undefined || !isRead(operation))
        tails.set(
          operation.key,
          result.catch(() => undefined),
        );
      return result;
    }),
  );
}

function cacheFault(fault: Fault, { op, keyText }: Operation): string {
  return cacheRow.faulty(op, keyText, fault);
}

function v1Fault(fault: Fault): string {
  return v1Row.faulty(fault);
}
