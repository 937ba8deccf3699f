/** Errors that reach no caller, of hooks, listeners, warmers and background loads: counted, told to `onError`, swallowed. */

import type { ErrorSource } from "../types.js";
import { catchLate } from "./late.js";
import type { Counts } from "./stats.js";

export class Reporter {
  readonly #stats: Counts;
  readonly #onError: ((error: unknown, source: ErrorSource) => void) | null;

  constructor(stats: Counts, onError: ((error: unknown, source: ErrorSource) => void) | null) {
    this.#stats = stats;
    this.#onError = onError;
  }

  report(error: unknown, source: ErrorSource["source"], name?: string): void {
    this.#stats.errors[source]++;
    if (this.#onError === null) return;
    try {
      const returned: unknown = this.#onError(error, name === undefined ? { source } : { source, name });
      catchLate(returned, () => this.#stats.errors[source]++);
    } catch {
      // A reporter that fails has nobody left to be reported to; it is counted with the kind that it was told of.
      this.#stats.errors[source]++;
    }
  }
}
