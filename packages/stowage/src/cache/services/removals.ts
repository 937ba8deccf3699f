/**
 * Removal listeners, told after the verb that removed something has finished its work.
 *
 * Not at once, because a listener may use the cache: called in the middle of an eviction it would find, and change, a
 * half-finished state. So events are gathered, and given out at the end of each verb; what listeners cause is
 * added to the same list. Costs a check of one field while there are no listeners.
 */

import type { RemovalCause, RemovalEvent } from "../types.js";
import { diagnostics } from "./diagnostics.js";
import { catchLate } from "./late.js";
import type { Reporter } from "./reporter.js";

type Listener<K, V> = (event: RemovalEvent<K, V>) => void;

export class Removals<K, V> {
  #listening = false;
  readonly #listeners = new Set<{ readonly tell: Listener<K, V> }>();
  readonly #reporter: Reporter;
  readonly #cacheName: string;
  #pending: RemovalEvent<K, V>[] = [];
  #telling = false;

  constructor(reporter: Reporter, cacheName: string) {
    this.#reporter = reporter;
    this.#cacheName = cacheName;
  }

  listen(tell: Listener<K, V>): () => void {
    const listener = { tell };
    this.#listeners.add(listener);
    this.#listening = true;
    return () => {
      this.#listeners.delete(listener);
      this.#listening = this.#listeners.size > 0;
    };
  }

  /** Whether anybody wants to be told; removals are not even noted otherwise. */
  get wanted(): boolean {
    return this.#listening || diagnostics.removal.hasSubscribers;
  }

  note(key: K, value: V, cause: RemovalCause): void {
    this.#pending.push({ key, value, cause });
  }

  /** At the end of each verb that may have removed something. */
  flush(): void {
    if (this.#pending.length > 0 && !this.#telling) this.#tellAll();
  }

  close(): void {
    this.#listeners.clear();
    this.#listening = false;
    this.#pending = [];
  }

  #tellAll(): void {
    this.#telling = true;
    try {
      for (let at = 0; at < this.#pending.length; at++) this.#tell(this.#pending[at]);
    } finally {
      this.#pending = [];
      this.#telling = false;
    }
  }

  #tell(event: RemovalEvent<K, V>): void {
    for (const { tell } of this.#listeners) {
      try {
        catchLate(tell(event), (error) => this.#reporter.report(error, "listener"));
      } catch (error) {
        this.#reporter.report(error, "listener");
      }
    }
    if (diagnostics.removal.hasSubscribers) diagnostics.removal.publish({ cache: this.#cacheName, ...event });
  }
}
