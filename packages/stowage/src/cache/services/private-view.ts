/**
 * What a transaction sees and changes: its own copy of its keys, from which the cache learns at the end, or never.
 *
 * A key is looked up in the cache once, when it is first asked for; from then on the copy answers, so that reads repeat.
 * Writes stay in the copy. Everything that can be wrong with a write is found out here, before anything is applied.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { checkCounterOptions, nextNumber, withoutDefault } from "../core/counting.js";
import { type Storing, storingOf, weigh } from "../core/lifetime.js";
import { findLive } from "../core/lookup.js";
import { checkValue } from "../core/put.js";
import type { State } from "../state.js";
import type { CounterOptions, SetOptions, Transaction } from "../types.js";
import type { Watch } from "./watches.js";

interface Copy<V> {
  value: V | undefined;
  readonly before: V | undefined;
  /** What is to be done at the end. "in place" keeps expiry and tags. */
  change: "none" | "store" | "in place" | "delete";
  how: Storing | null;
  readonly watch: Watch;
  readonly weight: number;
  /** The tags of what was copied, and the number of the last invalidation then. */
  readonly tags: readonly string[];
  readonly tagsAt: number;
}

export type Change<K, V> = { readonly key: K } & Copy<V>;

export class PrivateView<K, V> implements Transaction<K, V> {
  readonly #state: State<K, V>;
  /** The keys that it may use; null: all. */
  readonly #allowed: ReadonlySet<K> | null;
  readonly #copies = new Map<K, Copy<V>>();
  #open = true;

  constructor(state: State<K, V>, keys: readonly K[]) {
    this.#state = state;
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
    copy.how = this.#bearable(storingOf(this.#state, key, value, options, "tx.set"), "tx.set");
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

  /** Whether somebody else wrote to one of the keys since they were copied, or made one unreadable by its tag. */
  get overtaken(): boolean {
    const s = this.#state;
    for (const { watch, tags, tagsAt, how } of this.#copies.values()) {
      if (watch.overtaken || s.tags.invalidatedSince(tags, tagsAt)) return true;
      if (how !== null && s.tags.invalidatedSince(how.tags, tagsAt)) return true;
    }
    return false;
  }

  get keys(): K[] {
    return [...this.#copies.keys()];
  }

  *changes(): Generator<Change<K, V>> {
    for (const [key, copy] of this.#copies) if (copy.change !== "none") yield { key, ...copy };
  }

  /** It may not be used any more, and its keys are no longer watched. */
  close(): void {
    this.#open = false;
    for (const [key, { watch }] of this.#copies) this.#state.watches.remove(key, watch);
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

  /** Without a weigher, an entry keeps the weight that it was given. */
  #setInPlace(key: K, copy: Copy<V>, value: V): void {
    const s = this.#state;
    const kept = copy.how?.weight ?? copy.weight;
    const weight = s.options.weigher === null ? kept : weigh(s, key, value, undefined, "tx.update");
    const how = copy.how ?? storingOf(s, key, value, undefined, "tx.update");
    copy.how = this.#bearable({ ...how, weight }, "tx.update");
    copy.value = value;
    if (copy.change !== "store") copy.change = copy.before === undefined ? "store" : "in place";
  }

  /** A transaction is applied whole, so what the cache would refuse is refused here. */
  #bearable(how: Storing, where: string): Storing {
    const { maxWeight } = this.#state;
    if (how.weight <= maxWeight) return how;
    throw new InvalidArgumentError(
      where,
      "the weight of the value",
      how.weight,
      `at most maxWeight (${maxWeight})`,
    );
  }

  #copyOf(key: K, verb: string): Copy<V> {
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

  #copy(key: K): Copy<V> {
    const slot = findLive(this.#state, key);
    const value = slot < 0 ? undefined : this.#state.entries.value(slot);
    const { tags, watches, weights } = this.#state;
    const copy: Copy<V> = {
      value,
      before: value,
      change: "none",
      how: null,
      watch: watches.add(key),
      weight: slot < 0 || weights === null ? 1 : weights.get(slot),
      tags: slot < 0 ? [] : tags.namesOf(slot),
      tagsAt: tags.sequence,
    };
    this.#copies.set(key, copy);
    return copy;
  }
}
