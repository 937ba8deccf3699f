/**
 * How loads ended, as far as a shared cache remembers. That there is nothing to load, all threads know (it stands where
 * the lease of the load stood, and a write in any thread ends it). A failure is known to the thread that it happened in:
 * errors do not travel.
 */
import type { KnownOutcomes } from "../../cache/services/loading.js";
import { type Failure, Outcomes } from "../../cache/services/outcomes.js";
import type { TableState } from "../state.js";

export class SharedOutcomes implements KnownOutcomes<string> {
  readonly #t: TableState;
  readonly #failures = new Outcomes<string>();

  constructor(t: TableState) {
    this.#t = t;
  }

  isNothing(key: string): boolean {
    this.#t.key.take(key, "fetch");
    return this.#t.leases.isNothing(this.#t.key.h1, this.#t.key.h2());
  }

  pausing(key: string, now: number): Failure | undefined {
    return this.#failures.pausing(key, now);
  }

  failed(key: string, error: unknown, now: number, backoffMs: number): void {
    this.#failures.failed(key, error, now, backoffMs);
  }

  /** The key was written in this thread. */
  written(key: string): void {
    if (this.#failures.any) this.#failures.delete(key);
  }

  clear(): void {
    this.#failures.clear();
  }
}
