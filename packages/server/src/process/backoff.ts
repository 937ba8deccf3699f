/**
 * How long to wait before a worker that ended is started again: at once the first time, since a crash is most often an
 * accident, then twice as long each time, since a worker that crashes as soon as it runs would do nothing but start.
 */

export interface BackoffOptions {
  /** Before the second restart in a row. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A worker that ran for so long is sound: its next crash counts as the first. */
  readonly stableMs: number;
}

export const defaultBackoff: BackoffOptions = Object.freeze({
  firstMs: 100,
  maxMs: 30_000,
  stableMs: 60_000,
});

export class Backoff {
  readonly #options: BackoffOptions;
  #crashes = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Crashes in a row, the last one included. */
  get crashes(): number {
    return this.#crashes;
  }

  /** It ended after so many milliseconds. Returns those to wait. */
  crashed(ranMs: number): number {
    const { firstMs, maxMs, stableMs } = this.#options;
    this.#crashes = ranMs >= stableMs ? 1 : this.#crashes + 1;
    return this.#crashes === 1 ? 0 : Math.min(maxMs, firstMs * 2 ** (this.#crashes - 2));
  }
}
