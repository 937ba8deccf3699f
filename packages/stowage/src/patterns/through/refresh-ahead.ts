/**
 * Refresh-ahead: keys that are in use are loaded again before they expire, whether anybody happens to read them then or not. So a
 * hot key never makes a reader wait, not even the first one after a quiet minute. (`refreshAhead` and `earlyRefresh` of
 * `fetch` renew with a read; this renews with the clock.)
 *
 * A key is in use for `idle` after its last read. Each has a moment at which it is due; one timer serves all of them, and so many
 * are loaded at a time. A load that fails leaves the old value until it expires, and is tried again.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { ClosedError, InvalidOptionError } from "../../base/errors.js";
import { duration, functionOf, realNumber, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { Loader } from "../../cache/types.js";
import { checkKey } from "../common/check.js";
import { clockOption } from "../common/options.js";
import type { CacheVerbs } from "../common/verbs.js";
import { ReadThrough } from "./read-through.js";

/** What `refreshAhead(cache, load, options)` takes; `ttl` has to be there. */
export interface RefreshAheadOptions {
  /** How long values live. */
  ttl: Duration;
  /** After which part of it they are loaded again. Default 0.8. */
  ahead?: number;
  /** A key that was not read for so long is left to expire. Default: ten times `ttl`. */
  idle?: Duration;
  /** Keys that are kept fresh at most; the one that was not read for longest is left to expire. Default 1,000. */
  max?: number;
  /** Loads at a time. Default 4. */
  concurrency?: number;
  /** Told of loads that failed; they are counted in any case. */
  onError?: (error: unknown, key: string) => void;
  /** Default: the system's. */
  clock?: Clock;
}

const AHEAD = 0.8;
const IDLE_TTLS = 10;
const MAX = 1_000;
const CONCURRENCY = 4;
/** Of what is left to live, after a load that failed: so it is tried some times more before the value expires. */
const RETRY_SHARE = 0.25;
const RETRY_MS_MIN = 10;

const refreshAheadOptions = declareOptions({
  ttl: option<number, undefined>({ type: duration, default: undefined, meaning: "how long values live" }),
  ahead: option({
    type: realNumber({ above: 0, max: 0.99 }),
    default: AHEAD,
    meaning: "after which part of it they are loaded again",
  }),
  idle: option<number, undefined>({
    type: duration,
    default: undefined,
    defaultText: "ten times `ttl`",
    meaning: "a key that was not read for so long is left to expire",
  }),
  max: option({ type: wholeNumber({ min: 1 }), default: MAX, meaning: "keys that are kept fresh at most" }),
  concurrency: option({ type: wholeNumber({ min: 1 }), default: CONCURRENCY, meaning: "loads at a time" }),
  onError: option<(error: unknown, key: string) => void, undefined>({
    type: functionOf("(error, key) => void"),
    default: undefined,
    meaning: "told of loads that failed",
  }),
  clock: clockOption,
} satisfies Declares<RefreshAheadOptions>);

interface Kept {
  readMs: number;
  dueMs: number;
  /** When the value that is there expires. */
  endMs: number;
}

export class RefreshAhead<V> {
  readonly #reading: ReadThrough<V>;
  readonly #options: Omit<ReturnType<typeof refreshAheadOptions.bind>, "ttl"> & {
    readonly ttl: number;
    readonly idle: number;
  };
  /** In the order of their last reads. */
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Set<string>();
  #timer: TimerHandle | undefined;
  #refreshed = 0;
  #failed = 0;
  #isClosed = false;

  /** Use `refreshAhead`. */
  constructor(cache: CacheVerbs<V>, load: Loader<string, V>, options: RefreshAheadOptions) {
    const bound = refreshAheadOptions.bind(options, "refreshAhead");
    const { ttl } = bound;
    if (ttl === undefined)
      throw new InvalidOptionError({
        where: "refreshAhead",
        option: "ttl",
        received: undefined,
        expected: refreshAheadOptions.specs.ttl.type.text,
      });
    this.#options = { ...bound, ttl, idle: bound.idle ?? ttl * IDLE_TTLS };
    this.#reading = new ReadThrough(cache, load, { ttl });
  }

  /** How many keys are kept fresh, how often that was done, and how often it failed. */
  stats(): { readonly keys: number; readonly refreshed: number; readonly failed: number } {
    return { keys: this.#kept.size, refreshed: this.#refreshed, failed: this.#failed };
  }

  /** Out of the cache; where it has none, from the source. From now on the key is kept fresh. */
  async get(key: string): Promise<V | undefined> {
    checkKey("get", key);
    if (this.#isClosed) throw new ClosedError("get");
    const isNew = !this.#kept.has(key);
    const value = await this.#reading.get(key);
    // What there is not is not kept fresh.
    if (value !== undefined && !this.#isClosed) this.#read(key, isNew);
    return value;
  }

  /** The next reader loads it anew; until then it is left alone. */
  async forget(key: string): Promise<void> {
    this.#kept.delete(key);
    await this.#reading.forget(key);
  }

  /** Nothing is loaded from here on. The cache stays open. */
  close(): void {
    this.#isClosed = true;
    this.#kept.clear();
    this.#stop();
  }

  #read(key: string, isNew: boolean): void {
    const { clock, ttl, ahead, max } = this.#options;
    const now = clock.now();
    const kept = this.#kept.get(key) ?? { readMs: now, dueMs: now + ttl * ahead, endMs: now + ttl };
    kept.readMs = now;
    // It expired meanwhile, and has been loaded by this read.
    if (kept.endMs <= now) Object.assign(kept, { dueMs: now + ttl * ahead, endMs: now + ttl });
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > max && oldest !== undefined) this.#kept.delete(oldest);
    if (isNew) this.#plan();
  }

  /** One timer, for the key that is due first. */
  #plan(): void {
    this.#stop();
    if (this.#isClosed || this.#loading.size >= this.#options.concurrency) return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [key, kept] of this.#kept) if (!this.#loading.has(key)) dueMs = Math.min(dueMs, kept.dueMs);
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#options;
    this.#timer = clock.setTimer(() => this.#turn(), Math.max(0, dueMs - clock.now()));
  }

  #turn(): void {
    const { clock, idle, concurrency } = this.#options;
    const now = clock.now();
    for (const [key, kept] of this.#kept) {
      if (kept.dueMs > now || this.#loading.has(key)) continue;
      if (now - kept.readMs >= idle) this.#kept.delete(key);
      else if (this.#loading.size < concurrency) void this.#refresh(key, kept);
    }
    this.#plan();
  }

  async #refresh(key: string, kept: Kept): Promise<void> {
    const { clock, ttl, ahead, onError } = this.#options;
    this.#loading.add(key);
    try {
      const value = await this.#reading.refresh(key);
      this.#refreshed++;
      const now = clock.now();
      Object.assign(kept, { dueMs: now + ttl * ahead, endMs: now + ttl });
      if (value === undefined) this.#kept.delete(key);
    } catch (error) {
      this.#failed++;
      const leftMs = kept.endMs - clock.now();
      kept.dueMs =
        clock.now() + Math.max(RETRY_MS_MIN, leftMs > 0 ? leftMs * RETRY_SHARE : ttl * RETRY_SHARE);
      // Not within the load: what it throws is no concern of the next one.
      if (onError !== undefined) queueMicrotask(() => onError(error, key));
    } finally {
      this.#loading.delete(key);
      this.#plan();
    }
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * @param cache the process's, a shared one, tiers, or a client
 * @throws InvalidArgumentError for what is no cache or no function, InvalidOptionError for an option that is unknown or wrong, or
 * without `ttl`
 * @example
 * const rates = refreshAhead(cache, (pair) => api.rate(pair), { ttl: "1m" });
 * await rates.get("EUR/USD"); // loaded; from now on every 48 s, as long as it is read every ten minutes
 */
export function refreshAhead<V>(
  cache: CacheVerbs<V>,
  load: Loader<string, V>,
  options: RefreshAheadOptions,
): RefreshAhead<V> {
  return new RefreshAhead(cache, load, options);
}
