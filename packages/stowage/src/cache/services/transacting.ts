/**
 * What transactions need of the cache that they work on: in this process (local-transactions.ts), or one that threads
 * share. How an original looks, and how a change is to be stored, is the host's own business.
 */
import type { SetOptions } from "../types.js";

/** A key as it was when a transaction first asked for it; hosts keep more in it. */
export interface Original<V> {
  readonly value: V | undefined;
}

export interface Change<K, V, O, How> {
  readonly key: K;
  readonly original: O;
  /** The new value; undefined: the key is deleted, or not changed. */
  readonly value: V | undefined;
  /** What is to be done at the end. "in place" keeps expiry and tags. */
  readonly change: "none" | "store" | "in place" | "delete";
  readonly how: How | null;
}

export interface TransactionHost<K, V, O extends Original<V>, How> {
  readonly closed: boolean;
  readonly locks: { acquire(keys: readonly K[]): Promise<() => void> };
  look(key: K): O;
  /** The transaction that looked has ended. */
  letGo(key: K, original: O): void;
  /** Checks a write, of which everything that can be wrong is found out here. */
  storing(key: K, value: V, options: SetOptions | undefined, where: string): How;
  /** The same for a value that takes another's place; `how`: what was said of that one, if this transaction wrote it. */
  storingInPlace(key: K, value: V, original: O, how: How | null, where: string): How;
  /** Applies every change, in one step; false, and nothing was applied, if others wrote to what was looked at. */
  apply(changes: readonly Change<K, V, O, How>[]): boolean;
}
