/** Filling a store with every item, and counting what its counters hold. */
import { ensure } from "../../harness/checks.js";
import type { Needs, Store } from "../contenders/contender.js";
import type { Operation } from "./operations.js";
import { chunkOps, Requests, textValue, togetherOps } from "./requests.js";
import { workOf } from "./work.js";

export async function fill(store: Store, needs: Needs, operation: Operation): Promise<void> {
  if (operation === "get-text") return fillTexts(store, needs);
  await eachItem(store, needs, operation === "incr" ? "incr" : "set");
}

/** Every item once, in order. */
async function eachItem(store: Store, { items, valueBytes }: Needs, operation: Operation): Promise<void> {
  const requests = inOrder(items);
  const work = workOf(operation, store, requests, valueBytes);
  ensure(work !== undefined, `a store can ${operation}`);
  for (let from = 0; from < items; from += chunkOps) {
    requests.prepare(from);
    await work.run(from, Math.min(items, from + chunkOps));
  }
}

/** Positions are items; the mask of the sequence never wraps. */
function inOrder(items: number): Requests {
  const sequence = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(items, chunkOps))));
  for (let i = 0; i < sequence.length; i++) sequence[i] = Math.min(i, items - 1);
  return new Requests(sequence);
}

async function fillTexts(store: Store, { items, valueBytes }: Needs): Promise<void> {
  if (store.pipelined) return;
  const requests = inOrder(items);
  const write = (from: number, to: number) => {
    for (let i = from; i < to; i++) store.write(requests.keys[i % chunkOps], textValue(i, valueBytes));
  };
  for (let from = 0; from < items; from += chunkOps) {
    requests.prepare(from);
    const to = Math.min(items, from + chunkOps);
    if (store.together === undefined) write(from, to);
    else store.together(() => write(from, to));
  }
}

/** Sets until a log-structured store has filled its memory once, so that cleaning is a part of what is timed. */
export async function settle(store: Store, requests: Requests, { items, valueBytes }: Needs): Promise<void> {
  const work = workOf("set", store, requests, valueBytes);
  ensure(work !== undefined, "a store can set");
  const ops = Math.ceil((items / 2 + 2 ** 23 / (valueBytes + 64)) / chunkOps) * chunkOps;
  for (let from = 0; from < ops; from += chunkOps) {
    requests.prepare(from);
    await work.run(from, from + chunkOps);
  }
}

/** The sum of all counters, each of which began at one by being filled. Counts each once more to see it. */
export async function sumOfCounters(store: Store, { items }: Needs): Promise<number> {
  const requests = inOrder(items);
  let sum = 0;
  for (let from = 0; from < items; from += togetherOps) {
    if (from % chunkOps === 0) requests.prepare(from);
    const keys = requests.keys.slice(
      from % chunkOps,
      (from % chunkOps) + Math.min(togetherOps, items - from),
    );
    for (const count of await countsOf(store, keys)) sum += count - 2;
  }
  return sum;
}

async function countsOf(store: Store, keys: readonly Buffer[]): Promise<readonly number[]> {
  if (store.pipelined) return store.countAll(keys);
  const counts: number[] = [];
  const count = () => {
    for (const key of keys) counts.push(store.count(key));
  };
  if (store.together === undefined) count();
  else store.together(count);
  return counts;
}
