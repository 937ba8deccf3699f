/** Transactions in the cache of this process: watches tell of others' writes, and one synchronous step applies all. */
import { InvalidArgumentError } from "../../base/errors.js";
import { type Storing, storingOf, weigh } from "../core/lifetime.js";
import { findLive } from "../core/lookup.js";
import { noteWrite, put, putInPlace } from "../core/put.js";
import { causeOf, drop } from "../core/remove.js";
import type { State } from "../state.js";
import type { SetOptions } from "../types.js";
import type { Locks } from "./locks.js";
import type { Change, Original, TransactionHost } from "./transacting.js";
import type { Watch } from "./watches.js";

interface Watched<V> extends Original<V> {
  readonly watch: Watch;
  readonly weight: number;
  /** The tags of what was looked at, and the number of the last invalidation then. */
  readonly tags: readonly string[];
  readonly tagsAt: number;
}

type LocalChange<K, V> = Change<K, V, Watched<V>, Storing>;

export class LocalTransactions<K, V> implements TransactionHost<K, V, Watched<V>, Storing> {
  readonly #state: State<K, V>;
  readonly locks: Locks<K>;

  constructor(state: State<K, V>) {
    this.#state = state;
    this.locks = state.locks;
  }

  get closed(): boolean {
    return this.#state.closed;
  }

  look(key: K): Watched<V> {
    const slot = findLive(this.#state, key);
    const { entries, tags, watches, weights } = this.#state;
    return {
      value: slot < 0 ? undefined : entries.value(slot),
      watch: watches.add(key),
      weight: slot < 0 || weights === null ? 1 : weights.get(slot),
      tags: slot < 0 ? [] : tags.namesOf(slot),
      tagsAt: tags.sequence,
    };
  }

  letGo(key: K, { watch }: Watched<V>): void {
    this.#state.watches.remove(key, watch);
  }

  storing(key: K, value: V, options: SetOptions | undefined, where: string): Storing {
    return this.#bearable(storingOf(this.#state, key, value, options, where), where);
  }

  /** Without a weigher, an entry keeps the weight that it was given. */
  storingInPlace(key: K, value: V, original: Watched<V>, how: Storing | null, where: string): Storing {
    const s = this.#state;
    const kept = how?.weight ?? original.weight;
    const weight = s.options.weigher === null ? kept : weigh(s, key, value, undefined, where);
    return this.#bearable({ ...(how ?? storingOf(s, key, value, undefined, where)), weight }, where);
  }

  /** In one synchronous step, so that nobody sees a part of it. What could go wrong was checked when it was written down. */
  apply(changes: readonly LocalChange<K, V>[]): boolean {
    if (changes.some((change) => this.#isOvertaken(change))) return false;
    for (const each of changes) {
      if (each.change === "delete") this.#delete(each.key);
      else if (each.change !== "none") this.#store(each);
    }
    this.#state.removals.flush();
    return true;
  }

  /** Whether somebody else wrote to the key since it was looked at, or made it unreadable by its tag. */
  #isOvertaken({ original, how }: LocalChange<K, V>): boolean {
    const { tags } = this.#state;
    if (original.watch.overtaken || tags.invalidatedSince(original.tags, original.tagsAt)) return true;
    return how !== null && tags.invalidatedSince(how.tags, original.tagsAt);
  }

  #delete(key: K): void {
    const s = this.#state;
    noteWrite(s, key);
    // Also one that is only kept for fetch to fall back on.
    const slot = s.index.find(key);
    if (slot < 0) return;
    const cause = causeOf(s, slot, "deleted");
    if (findLive(s, key) >= 0) s.stats.deletes++;
    drop(s, slot, cause);
  }

  #store({ key, value, change, how }: LocalChange<K, V>): void {
    if (value === undefined || how === null) return;
    const slot = findLive(this.#state, key);
    if (change === "in place" && slot >= 0)
      putInPlace(this.#state, slot, key, value, how.weight, "transaction");
    else put(this.#state, key, value, how, "transaction");
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
}
