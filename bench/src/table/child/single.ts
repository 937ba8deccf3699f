/** Rows in one thread. */
import { ensure } from "../../harness/checks.js";
import { TimedRun, type Workload } from "../../harness/timed.js";
import type { Size } from "../settings.js";
import { type Context, type Measurement, needsOf } from "./context.js";
import { fill, settle, sumOfCounters } from "./fill.js";
import { type Operation, setsOf } from "./operations.js";
import { chunkOps, Requests } from "./requests.js";
import { workOf } from "./work.js";
import { requireLastWrites } from "./written.js";

export interface WorkRow {
  operation: Operation;
  size: Size;
  valueBytes: number;
}

export function single(row: WorkRow): Measurement {
  return async (context) => {
    const workload = await build(context, row);
    return workload && new TimedRun(workload, context.settings).measure();
  };
}

async function build(
  context: Context,
  { operation, size, valueBytes }: WorkRow,
): Promise<Workload | undefined> {
  const { contender } = context;
  const counters = operation === "incr";
  const needs = { ...needsOf(context, size, valueBytes), counters };
  const store = await contender.open(needs);
  if (store === undefined) return undefined;
  const requests = new Requests(context.sequence(size), 0, operation === "get-text");
  const work = workOf(operation, store, requests, valueBytes);
  if (work === undefined) return undefined;
  await fill(store, needs, operation);
  const isSet = setsOf(operation);
  if (contender.cleansWhenFull && (operation === "set" || operation === "mixed"))
    await settle(store, requests, needs);
  return {
    ...work,
    prepare: (i) => requests.prepare(i),
    chunkOps,
    finds: "all",
    clock: store.pipelined ? "own" : "cpu",
    async check(ops) {
      await requireLastWrites(store, requests, valueBytes, { ops, isSet, alone: true });
      if (counters) {
        const sum = await sumOfCounters(store, needs);
        ensure(sum === ops, `the counters add up to ${sum} after ${ops} increments`);
      }
      await store.close();
    },
  };
}
