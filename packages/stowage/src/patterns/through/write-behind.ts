/**
 * Write-behind: a write is in the cache at once, and reaches the source later, in batches. Only the newest value of a key is
 * written: a counter that changes a thousand times a second costs the source a write per batch.
 *
 *     set ──> cache ──> queue: the newest of each key ──> after `delay`, or when a batch is full ──> write(entries)
 *                                  ^                                                                    │ fails
 *                                  └──────────────── with a pause that grows, until `retries` ──────────┘
 *
 * One batch is written at a time, so that values of a key reach the source in their order. Readers are given what waits before what the
 * cache has: an entry may be evicted before it was written.
 *
 * What waits keeps the process alive. What is lost: all that waits, when the process does not end by itself, nor with `close()` or
 * `flush()`: by a crash, a kill, `process.exit`, a lost machine. At most `maxQueue` keys, as a rule what was written within `delay`. What must not be lost belongs into write-through.
 */
import { type Clock, holdProcess, type TimerHandle } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { ClosedError, InvalidOptionError, InvalidValueError, QueueFullError } from "../../base/errors.js";
import { choice, duration, either, functionOf, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { Loader } from "../../cache/types.js";
import { fullJitter } from "../../resilience/backoff.js";
import { checkKey } from "../common/check.js";
import { KeyQueue } from "../common/key-queue.js";
import { clockOption } from "../common/options.js";
import { checkCache } from "../common/source.js";
import type { CacheVerbs } from "../common/verbs.js";
import { type BehindEntry, BehindQueue } from "./behind-queue.js";
import { ReadThrough } from "./read-through.js";

export type { BehindEntry } from "./behind-queue.js";

/** What `writeBehind(cache, options)` takes; `write` has to be there. */
export interface WriteBehindOptions<V> {
  /**
   * Writes a batch to the source, each key once; a value of undefined is a removal. When it fails, all of it is written again: twice has
   * to be as good as once. `signal` is aborted when `close` waits no longer.
   */
  write: (entries: readonly BehindEntry<V>[], context: { readonly signal: AbortSignal }) => unknown;
  /** Reads the source where neither queue nor cache has a value. Without it, `get` asks those two alone. */
  load?: Loader<string, V>;
  /** How long the cache keeps values; null: for ever. Default: as the cache does. */
  ttl?: Duration | null;
  /** For how long writes are gathered. Default `"100ms"`. */
  delay?: Duration;
  /** Keys of a batch at most. Default 100. */
  batch?: number;
  /** Keys that wait at most. Default 10,000. */
  maxQueue?: number;
  /** What a write of one more key does: `"wait"` until there is room, or `"refuse"`: it rejects with QueueFullError. Default `"wait"`. */
  whenFull?: "wait" | "refuse";
  /** How often a batch is tried again; Infinity: until it is written. Default 10. */
  retries?: number;
  /** The longest pause before that. Default `"30s"`. */
  maxPause?: Duration;
  /** How long `close` waits for what is in the queue. Default `"10s"`. */
  closeTimeout?: Duration;
  /** Told of what was given up, and why. The cache has forgotten it by then. */
  onLost?: (entries: readonly BehindEntry<V>[], error: unknown) => void;
  /** Default: the system's. */
  clock?: Clock;
  /** Numbers from 0 up to 1, for pauses. Default: `Math.random`. */
  random?: () => number;
}

export interface WriteBehindStats {
  /** Keys that wait, those that are being written among them. */
  readonly queued: number;
  readonly written: number;
  readonly batches: number;
  /** Values that were never written, since a newer one came before. */
  readonly coalesced: number;
  /** Batches that failed, and were tried again or given up. */
  readonly failures: number;
  /** Keys that were given up. */
  readonly lost: number;
}

const DELAY_MS = 100;
const BATCH = 100;
const QUEUE_MAX = 10_000;
const RETRIES = 10;
const PAUSE_MS = 100;
const PAUSE_MS_MAX = 30_000;
const CLOSE_MS = 10_000;

const writeBehindOptions = declareOptions({
  write: option<WriteBehindOptions<unknown>["write"], undefined>({
    type: functionOf("(entries, context) => void"),
    default: undefined,
    meaning: "writes a batch to the source",
  }),
  load: option<Loader<string, unknown>, undefined>({
    type: functionOf("(key, context) => value"),
    default: undefined,
    meaning: "reads the source",
  }),
  ttl: option<number | null, undefined>({
    type: either(duration, choice(null)),
    default: undefined,
    meaning: "how long the cache keeps values",
  }),
  delay: option({
    type: duration,
    default: DELAY_MS,
    defaultText: '`"100ms"`',
    meaning: "for how long writes are gathered",
  }),
  batch: option({ type: wholeNumber({ min: 1 }), default: BATCH, meaning: "keys of a batch at most" }),
  maxQueue: option({ type: wholeNumber({ min: 1 }), default: QUEUE_MAX, meaning: "keys that wait at most" }),
  whenFull: option({
    type: choice("wait", "refuse"),
    default: "wait",
    meaning: "what a write of one more key does",
  }),
  retries: option({
    type: wholeNumber({ min: 0, infinite: true }),
    default: RETRIES,
    meaning: "how often a batch is tried again",
  }),
  maxPause: option({
    type: duration,
    default: PAUSE_MS_MAX,
    defaultText: '`"30s"`',
    meaning: "the longest pause before that",
  }),
  closeTimeout: option({
    type: duration,
    default: CLOSE_MS,
    defaultText: '`"10s"`',
    meaning: "how long `close` waits for what is in the queue",
  }),
  onLost: option<NonNullable<WriteBehindOptions<unknown>["onLost"]>, undefined>({
    type: functionOf("(entries, error) => void"),
    default: undefined,
    meaning: "told of what was given up",
  }),
  clock: clockOption,
  random: option<() => number>({
    type: functionOf("() => number"),
    default: Math.random,
    defaultText: "`Math.random`",
    meaning: "for pauses",
  }),
} satisfies Declares<WriteBehindOptions<unknown>>);

type Bound = ReturnType<typeof writeBehindOptions.bind>;

export class WriteBehind<V> implements AsyncDisposable {
  readonly #cache: CacheVerbs<V>;
  readonly #options: Bound;
  readonly #reading: ReadThrough<V> | undefined;
  readonly #queue = new BehindQueue<V>();
  /** The cache hears of a key's values in the order in which they were queued. */
  readonly #order = new KeyQueue();
  readonly #closing = new AbortController();
  /** Ends it that what waits keeps the process alive. */
  #release: (() => void) | undefined;
  /** Called whenever something has left the queue. */
  #watchers = new Set<() => void>();
  #timer: TimerHandle | undefined;
  /** Who waits for the end of the queue: while there is anybody, nothing is gathered, and what waits goes at once. */
  #urgent = 0;
  #isWriting = false;
  #failuresInRow = 0;
  #closed: Promise<void> | undefined;
  #written = 0;
  #batches = 0;
  #failures = 0;
  #lost = 0;

  /** Use `writeBehind`. */
  constructor(cache: CacheVerbs<V>, options: WriteBehindOptions<V>) {
    checkCache("writeBehind", cache);
    this.#options = writeBehindOptions.bind(options, "writeBehind");
    if (this.#options.write === undefined)
      throw new InvalidOptionError({
        where: "writeBehind",
        option: "write",
        received: undefined,
        expected: writeBehindOptions.specs.write.type.text,
      });
    this.#cache = cache;
    const { load } = this.#options;
    this.#reading = load && new ReadThrough(cache, load as Loader<string, V>, this.#keeping());
  }

  /** What was written last, whether the source has it yet or not. */
  async get(key: string): Promise<V | undefined> {
    checkKey("get", key);
    const waiting = this.#queue.find(key);
    if (waiting !== undefined) return waiting.value;
    const value = await (this.#reading === undefined ? this.#cache.get(key) : this.#reading.get(key));
    // Written or removed while it was read: that is newer.
    const newer = this.#queue.find(key);
    return newer === undefined ? value : newer.value;
  }

  /**
   * Resolves when the cache has it and it waits for the source. Rejects with QueueFullError (`whenFull: "refuse"`) and ClosedError:
   * then nothing was changed; and with the cache's own error: then it reaches the source all the same.
   */
  async set(key: string, value: V): Promise<void> {
    if (value === undefined) throw new InvalidValueError("set", key);
    await this.#put("set", key, value);
    await this.#order.run(key, async () => this.#cache.set(key, value, this.#keeping()));
  }

  /** As `set`: it is removed from the source later. */
  async delete(key: string): Promise<void> {
    await this.#put("delete", key, undefined);
    await this.#order.run(key, async () => this.#cache.delete(key));
  }

  /** Resolves when all that waits now has reached the source or was given up. */
  async flush(): Promise<void> {
    await this.#drain(() => this.#queue.size === 0);
  }

  /**
   * Writes what waits, for as long as `closeTimeout`, then gives up the rest (`onLost`). Nothing is taken any more. May be called
   * again.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stats(): WriteBehindStats {
    return {
      queued: this.#queue.size,
      written: this.#written,
      batches: this.#batches,
      coalesced: this.#queue.coalesced,
      failures: this.#failures,
      lost: this.#lost,
    };
  }

  async #put(where: string, key: string, value: V | undefined): Promise<void> {
    checkKey(where, key);
    const { maxQueue, whenFull } = this.#options;
    while (this.#queue.size >= maxQueue && this.#queue.isNew(key)) {
      if (this.#closed !== undefined) throw new ClosedError(where);
      if (whenFull === "refuse") throw new QueueFullError(where, maxQueue);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
    if (this.#closed !== undefined) throw new ClosedError(where);
    this.#queue.put(key, value);
    this.#release ??= holdProcess();
    this.#plan();
  }

  async #drain(isDone: () => boolean): Promise<void> {
    this.#urgent++;
    while (!isDone()) {
      this.#plan();
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
    this.#urgent--;
  }

  async #close(): Promise<void> {
    this.#wake();
    const { clock, closeTimeout } = this.#options;
    let isLate = false;
    const timer = clock.setTimer(() => {
      isLate = true;
      this.#wake();
    }, closeTimeout);
    await this.#drain(() => isLate || this.#queue.size === 0);
    clock.clearTimer(timer);
    this.#stop();
    const error = new ClosedError("write");
    this.#closing.abort(error);
    await this.#giveUp(this.#queue.loseAll(), error);
    this.#wake();
  }

  /** When the next batch goes. */
  #plan(): void {
    if (this.#isWriting || this.#queue.waiting === 0) return;
    const { delay, batch, clock } = this.#options;
    const isPausing = this.#failuresInRow > 0;
    if (!isPausing && (this.#urgent > 0 || this.#queue.waiting >= batch)) {
      this.#stop();
      this.#isWriting = true;
      // Not within the call that filled the batch.
      queueMicrotask(() => void this.#write());
    } else this.#timer ??= clock.setTimer(() => void this.#write(), isPausing ? this.#pauseMs() : delay);
  }

  async #write(): Promise<void> {
    this.#stop();
    this.#isWriting = true;
    const entries = this.#queue.begin(this.#options.batch);
    if (entries.length === 0) {
      this.#isWriting = false;
      return;
    }
    try {
      const write = this.#options.write as WriteBehindOptions<V>["write"];
      await write(entries, { signal: this.#closing.signal });
      this.#done(entries.length);
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.#isWriting = false;
      this.#plan();
      this.#wake();
    }
  }

  #done(count: number): void {
    // What `close` gave up is counted as lost, whatever becomes of it.
    if (this.#closing.signal.aborted) return;
    this.#failuresInRow = 0;
    this.#batches++;
    this.#written += count;
    this.#queue.done();
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#failures++;
    if (++this.#failuresInRow <= this.#options.retries) {
      this.#queue.failed();
      return;
    }
    this.#failuresInRow = 0;
    await this.#giveUp(this.#queue.lose(), error);
  }

  /** The cache must not say what the source never heard of. */
  async #giveUp(entries: readonly BehindEntry<V>[], error: unknown): Promise<void> {
    if (entries.length === 0) return;
    this.#lost += entries.length;
    await Promise.allSettled(entries.map(async ({ key }) => this.#cache.delete(key)));
    const { onLost } = this.#options;
    // Not within the write: what it throws is no concern of the next one.
    if (onLost !== undefined) queueMicrotask(() => onLost(entries, error));
  }

  #pauseMs(): number {
    const { maxPause, random } = this.#options;
    return fullJitter(this.#failuresInRow, { baseMs: PAUSE_MS, capMs: maxPause, random });
  }

  #keeping(): { ttl?: Duration | null } {
    const { ttl } = this.#options;
    return ttl === undefined ? {} : { ttl };
  }

  #wake(): void {
    if (this.#queue.size === 0) {
      this.#release?.();
      this.#release = undefined;
    }
    const watchers = this.#watchers;
    this.#watchers = new Set();
    for (const wake of watchers) wake();
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * @param cache the process's, a shared one, tiers, or a client
 * @throws InvalidArgumentError for what is no cache, InvalidOptionError for an option that is unknown or wrong, or without `write`
 * @example
 * const scores = writeBehind(cache, { write: (entries) => db.upsert(entries), load: (id) => db.score(id), delay: "1s" });
 * await scores.set("ada", 42);
 * await scores.close(); // before the process ends
 */
export function writeBehind<V>(cache: CacheVerbs<V>, options: WriteBehindOptions<V>): WriteBehind<V> {
  return new WriteBehind(cache, options);
}
