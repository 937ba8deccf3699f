/** What is timed: the loops that put operations to a store, each in a function of its own, and as bare as can be. */
import type { Store } from "../contenders/contender.js";
import { directWork } from "./direct-work.js";
import type { Operation, Work } from "./operations.js";
import { pipelinedWork } from "./pipelined-work.js";
import type { Requests } from "./requests.js";

/** undefined: the store cannot do it. */
export function workOf(
  operation: Operation,
  store: Store,
  requests: Requests,
  valueBytes: number,
): Work | undefined {
  return store.pipelined
    ? pipelinedWork(operation, store, requests, valueBytes)
    : directWork(operation, store, requests, valueBytes);
}
