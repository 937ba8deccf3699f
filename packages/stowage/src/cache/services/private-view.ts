/**
 * What a transaction sees and changes: its own copy of its keys, from which the cache learns at the end, or never.
 *
 * A key is looked up in the cache once, when it is first asked for; from then on the copy answers, so that reads repeat.
 * Writes stay in the copy. Everything that can be wrong with a write is found out here, before anything is applied.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { checkCounterOptions, nextNumber, withoutDefault } from "../core/counting.js";
import { checkValue } from "../core/put.js";
import type { CounterOptions, SetOptions, Transaction } from "../types.js";
import type { Change, Original, TransactionHost } from "./transacting.js";

interface Copy<V, O, How> {
  readonly original: O;
  value: V | undefined;
  change: Change<unknown, V, O, How>["change"];
  how: How | null;
}

export class PrivateView<K, V, O extends Original<V>, How> implements Transaction<K, V> {
  readonly #host: TransactionHost<K, V, O, How>;
  /** The keys that it may use; null: all. */
  readonly #allowed: ReadonlySet<K> | null;
  readonly #copies = new Map<K, Copy<V, O, How>>();
  #open = true;

  constructor(host: TransactionHost<K, V, O, How>, keys: readonly K[]) {
    this.#host = host;
    this.#allowed = keys.length === 0 ? null : new Set(keys);
    for (const key of keys) this.#copy(key);
  }

  get(key: K): V | undefined {
    return this.#copyOf(key, "get").value;
  }

  has(key: K): boolean {
    return this.#copyOf(key, "has").value !== undefined;
  }

  set(key: K, value: V, options?: SetOptions): void {
    const copy = this.#copyOf(key, "set");
    checkValue(value, key, "tx.set");
    copy.how = this.#host.storing(key, value, options, "tx.set");
    copy.value = value;
    copy.change = "store";
  }

  delete(key: K): boolean {
    const copy = this.#copyOf(key, "delete");
    const present = copy.value !== undefined;
    copy.value = undefined;
    copy.change = "delete";
    return present;
  }

  take(key: K): V | undefined {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  update(key: K, value: V): boolean {
    const copy = this.#copyOf(key, "update");
    checkValue(value, key, "tx.update");
    if (copy.value === undefined) return false;
    this.#setInPlace(key, copy, value);
    return true;
  }

  incr(key: K, amount = 1, options?: CounterOptions): number {
    return this.#count(key, amount, options, "incr");
  }

  decr(key: K, amount = 1, options?: CounterOptions): number {
    return this.#count(key, amount, options, "decr");
  }

  get keys(): K[] {
    return [...this.#copies.keys()];
  }

  /** All that was looked at, changed or not. */
  changes(): Change<K, V, O, How>[] {
    return Array.from(this.#copies, ([key, copy]) => ({ key, ...copy }));
  }

  /** It may not be used any more, and its keys are let go. */
  close(): void {
    this.#open = false;
    for (const [key, { original }] of this.#copies) this.#host.letGo(key, original);
  }

  #count(key: K, amount: number, options: CounterOptions | undefined, verb: "incr" | "decr"): number {
    const where = `tx.${verb}`;
    const copy = this.#copyOf(key, verb);
    if (options !== undefined) checkCounterOptions(options, where);
    const sign = verb === "incr" ? 1 : -1;
    const next = nextNumber(key, copy.value ?? options?.default ?? 0, amount, sign, where) as V;
    if (copy.value === undefined) this.set(key, next, withoutDefault(options));
    else this.#setInPlace(key, copy, next);
    return next as number;
  }

  #setInPlace(key: K, copy: Copy<V, O, How>, value: V): void {
    copy.how = this.#host.storingInPlace(key, value, copy.original, copy.how, "tx.update");
    copy.value = value;
    if (copy.change !== "store") copy.change = copy.original.value === undefined ? "store" : "in place";
  }

  #copyOf(key: K, verb: string): Copy<V, O, How> {
    if (!this.#open)
      throw new InvalidArgumentError(`tx.${verb}`, "tx", this, "used only until its transaction has ended");
    if (this.#allowed !== null && !this.#allowed.has(key)) {
      throw new InvalidArgumentError(
        `tx.${verb}`,
        "key",
        key,
        "one of the keys that the transaction was asked for",
      );
    }
    return this.#copies.get(key) ?? this.#copy(key);
  }

  #copy(key: K): Copy<V, O, How> {
    const original = this.#host.look(key);
    const copy: Copy<V, O, How> = { original, value: original.value, change: "none", how: null };
    this.#copies.set(key, copy);
    return copy;
  }
}
