/**
 * Verbs over many keys are as many operations, which leave in batches by themselves. One call has no more of them under way
 * at one time than half of what `maxPending` allows, so that a hundred thousand keys neither fail nor shut out all others.
 * What is beyond that begins later, and is then not in order with calls that were made meanwhile.
 */
import type { KeyState } from "../state.js";

/** `run` of each, in order; what they gave, in order. Fails with the first failure, and begins no others then. */
export async function inWindows<Item, Result>(
  { options: { maxPending } }: KeyState,
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const window = Math.max(1, maxPending >> 1);
  const begin = (item: Item): Promise<Result> => begun(run, item);
  if (items.length <= window) return Promise.all(items.map(begin));
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += window)
    results.push(...(await Promise.all(items.slice(at, at + window).map(begin))));
  return results;
}

/** One that throws must not leave those before it without anybody who hears of them. */
function begun<Item, Result>(run: (item: Item) => Promise<Result>, item: Item): Promise<Result> {
  try {
    return run(item);
  } catch (error) {
    return Promise.reject(error);
  }
}
