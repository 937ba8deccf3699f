/**
 * What this process knows of the lives of entries, for renewing them before they expire: what a read told, and what was
 * loaded here. A server knows how long an entry has left; not how long it was given, nor what loading it cost.
 */
import type { Clock } from "../../base/clock.js";
import type { Life } from "../../cache/services/loading.js";

/** The oldest goes. */
const KEYS_MAX = 10_000;
/** The latest load counts for so much of the mean. */
const COST_WEIGHT = 0.2;

interface Known {
  /** Undefined: of an entry that was written since. */
  version: string;
  /** By the client's clock; Infinity: never. */
  expiresAt: number;
  /** 0: not known. */
  ttlMs: number;
  costMs: number;
}

export interface KnownLife extends Life {
  readonly version: string;
}

export class Lives {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  /** Of all loads of this client: what is reckoned with where another process loaded the entry. */
  #costMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A read found this. */
  read(key: string, version: string, leftMs: number | null): void {
    const expiresAt = leftMs === null ? Number.POSITIVE_INFINITY : this.#clock.now() + leftMs;
    const known = this.#known.get(key);
    if (known?.version === version) known.expiresAt = expiresAt;
    else this.#keep(key, { version, expiresAt, ttlMs: 0, costMs: 0 });
  }

  /** It was loaded here. `ttlMs` null: for ever; undefined: as the server has it. */
  stored(key: string, version: string, ttlMs: number | null | undefined, costMs: number): void {
    this.#costMs = this.#costMs === 0 ? costMs : this.#costMs + (costMs - this.#costMs) * COST_WEIGHT;
    const expiresAt = typeof ttlMs === "number" ? this.#clock.now() + ttlMs : Number.POSITIVE_INFINITY;
    this.#keep(key, { version, expiresAt, ttlMs: ttlMs ?? 0, costMs });
  }

  /** Of what is live by all that is known; undefined: nothing is. `ttlMs`: what it was given, if nothing better is known. */
  of(key: string, ttlMs: number): KnownLife | undefined {
    const known = this.#known.get(key);
    if (known === undefined || known.expiresAt === Number.POSITIVE_INFINITY) return undefined;
    const leftMs = known.expiresAt - this.#clock.now();
    if (leftMs <= 0) return undefined;
    const given = known.ttlMs || ttlMs;
    return {
      version: known.version,
      leftMs,
      ttlMs: Math.max(given, leftMs),
      costMs: known.costMs || this.#costMs,
    };
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    if (this.#known.size >= KEYS_MAX) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, known);
  }
}
