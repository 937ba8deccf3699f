/**
 * transaction, execute: several actions as one.
 *
 * `execute` only saves work: one reading of the clock for all. `transaction` isolates: its function works on a private
 * view; at the end all its writes appear at once. Plain verbs are synchronous and cannot wait for a lock; if one wrote to
 * a key of the transaction meanwhile, it runs again (optimistic concurrency control, Kung and Robinson 1981).
 */
import { ClosedError, InvalidArgumentError, TransactionConflictError } from "../../base/errors.js";
import { checkKeys } from "../core/put.js";
import { transactionOptions } from "../options.js";
import { PrivateView } from "../services/private-view.js";
import { type Counts, verbIndex } from "../services/stats.js";
import type { Original, TransactionHost } from "../services/transacting.js";
import type { Transaction } from "../types.js";

/** What transactions need of a cache, each sort of which has a host of its own. */
export interface Transacting<K, V> {
  readonly transactions: TransactionHost<K, V, Original<V>, unknown>;
  readonly stats: Pick<Counts, "calls">;
}

export async function transaction<K, V, R>(
  s: Transacting<K, V>,
  keys: Iterable<K>,
  fn: (tx: Transaction<K, V>) => R | PromiseLike<R>,
  options?: { retries?: number },
): Promise<R> {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("transaction", "fn", fn, "a function of the transaction");
  const { retries } = transactionOptions.bind(options, "transaction");
  s.stats.calls[verbIndex.transaction]++;
  const own = [...new Set(checkKeys(keys, "transaction"))];
  const release = await s.transactions.locks.acquire(own);
  try {
    return await attempt(s.transactions, own, fn, retries + 1);
  } finally {
    release();
  }
}

/** What a batch needs of a cache. */
export interface Batching {
  readonly time: { freeze<T>(fn: () => T): T };
  readonly stats: Pick<Counts, "calls">;
}

export function execute<C, R>(s: Batching, fn: (cache: C) => R, cache: C): R {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("execute", "fn", fn, "a function of the cache");
  s.stats.calls[verbIndex.execute]++;
  return s.time.freeze(() => fn(cache));
}

async function attempt<K, V, R>(
  host: TransactionHost<K, V, Original<V>, unknown>,
  keys: readonly K[],
  fn: (tx: Transaction<K, V>) => R | PromiseLike<R>,
  attempts: number,
): Promise<R> {
  let used: readonly K[] = keys;
  for (let count = 0; count < attempts; count++) {
    if (host.closed) throw new ClosedError("transaction");
    const view = new PrivateView(host, keys);
    try {
      const result = await fn(view);
      if (host.closed) throw new ClosedError("transaction");
      if (host.apply(view.changes())) return result;
      used = view.keys;
    } finally {
      view.close();
    }
  }
  throw new TransactionConflictError(used, attempts);
}
