/**
 * transaction, execute: several actions as one.
 *
 * `execute` only saves work: one reading of the clock for all. `transaction` isolates: its function works on a private
 * view; at the end all its writes appear at once. Plain verbs are synchronous and cannot wait for a lock; if one wrote to
 * a key of the transaction meanwhile, it runs again (optimistic concurrency control, Kung and Robinson 1981).
 */
import { ClosedError, InvalidArgumentError, TransactionConflictError } from "../../base/errors.js";
import { findLive } from "../core/lookup.js";
import { checkKeys, noteWrite, put, putInPlace } from "../core/put.js";
import { causeOf, drop } from "../core/remove.js";
import { transactionOptions } from "../options.js";
import { PrivateView } from "../services/private-view.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import type { Transaction } from "../types.js";

export async function transaction<K, V, R>(
  s: State<K, V>,
  keys: Iterable<K>,
  fn: (tx: Transaction<K, V>) => R | PromiseLike<R>,
  options?: { retries?: number },
): Promise<R> {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("transaction", "fn", fn, "a function of the transaction");
  const { retries } = transactionOptions.bind(options, "transaction");
  s.stats.calls[verbIndex.transaction]++;
  const own = [...new Set(checkKeys(keys, "transaction"))];
  const release = await s.locks.acquire(own);
  try {
    return await attempt(s, own, fn, retries + 1);
  } finally {
    release();
  }
}

export function execute<K, V, C, R>(s: State<K, V>, fn: (cache: C) => R, cache: C): R {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("execute", "fn", fn, "a function of the cache");
  s.stats.calls[verbIndex.execute]++;
  return s.time.freeze(() => fn(cache));
}

async function attempt<K, V, R>(
  s: State<K, V>,
  keys: readonly K[],
  fn: (tx: Transaction<K, V>) => R | PromiseLike<R>,
  attempts: number,
): Promise<R> {
  let used: readonly K[] = keys;
  for (let count = 0; count < attempts; count++) {
    if (s.closed) throw new ClosedError("transaction");
    const view = new PrivateView(s, keys);
    try {
      const result = await fn(view);
      if (s.closed) throw new ClosedError("transaction");
      if (!view.overtaken) {
        apply(s, view);
        return result;
      }
      used = view.keys;
    } finally {
      view.close();
    }
  }
  throw new TransactionConflictError(used, attempts);
}

/** In one synchronous step, so that nobody sees a part of it. What could go wrong was checked when it was written down. */
function apply<K, V>(s: State<K, V>, view: PrivateView<K, V>): void {
  for (const { key, value, change, how } of view.changes()) {
    if (change === "delete") {
      noteWrite(s, key);
      // Also one that is only kept for fetch to fall back on.
      const slot = s.index.find(key);
      if (slot < 0) continue;
      const cause = causeOf(s, slot, "deleted");
      if (findLive(s, key) >= 0) s.stats.deletes++;
      drop(s, slot, cause);
    } else if (value !== undefined && how !== null) {
      const slot = findLive(s, key);
      if (change === "in place" && slot >= 0) putInPlace(s, slot, key, value, how.weight, "transaction");
      else put(s, key, value, how, "transaction");
    }
  }
  s.removals.flush();
}
