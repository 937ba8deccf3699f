/** The loops that put operations to a store that answers after a round trip. */
import type { PipelinedStore } from "../contenders/contender.js";
import { type Operation, setsOf, type Work } from "./operations.js";
import { chunkOps, type Requests, Target, togetherOps, Values } from "./requests.js";

/** undefined: it makes no sense for such a store. */
export function pipelinedWork(
  operation: Operation,
  store: PipelinedStore,
  requests: Requests,
  valueBytes: number,
): Work | undefined {
  if (operation === "get-buffer" || operation === "get-text") return undefined;
  const batch =
    operation === "incr"
      ? countingAll(store, requests)
      : exchanging(store, requests, valueBytes, setsOf(operation));
  return {
    async run(from, to) {
      let done = 0;
      for (let next = from; next < to; next += togetherOps)
        done += await batch(next, Math.min(to, next + togetherOps));
      return done;
    },
  };
}

type Batch = (from: number, to: number) => Promise<number>;

function exchanging(
  store: PipelinedStore,
  requests: Requests,
  valueBytes: number,
  isSet: (i: number) => boolean,
): Batch {
  const values = new Values(valueBytes);
  const target = new Target(valueBytes);
  return async (from, to) => {
    const given: (Buffer | undefined)[] = [];
    for (let i = from; i < to; i++) given.push(isSet(i) ? values.stamped(requests.itemOf(i), i) : undefined);
    const replies = await store.exchange(keysOf(requests, from, to), given);
    let done = 0;
    for (let i = from; i < to; i++) {
      const reply = replies[i - from];
      if (given[i - from] !== undefined) done++;
      else if (reply != null) {
        target.buffer.set(reply);
        if (reply.length === valueBytes && target.item === requests.itemOf(i)) done++;
      }
    }
    return done;
  };
}

function countingAll(store: PipelinedStore, requests: Requests): Batch {
  return async (from, to) => {
    const counts = await store.countAll(keysOf(requests, from, to));
    return counts.filter((count) => count > 0).length;
  };
}

/** A pipeline never goes over the end of a chunk: both begin at multiples of their size. */
function keysOf({ keys }: Requests, from: number, to: number): readonly Buffer[] {
  const at = from % chunkOps;
  return keys.slice(at, at + to - from);
}
