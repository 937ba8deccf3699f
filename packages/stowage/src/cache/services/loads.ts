/**
 * Loads: at most one per key at a time, however many wait for it.
 *
 *     fetch ──> a load of the key under way? ──yes──> wait for it
 *                  │ no, or one that was overtaken
 *                  └──> new load (after the overtaken one has ended) ──> value ──> written or invalidated meanwhile?
 *                                                                                    no: store it    yes: only return it
 *
 * Invariant: a load that began before its key was written, deleted or invalidated, or the cache cleared, never stores
 * its value. Its callers still get it; whoever asks after the write gets a load that began after the write.
 * Invariant: a load that fails, hangs until its timeout or is given up by all its callers leaves nothing behind.
 * A load that was told to stop (its signal is aborted) counts as ended.
 *
 * Where threads share the entries, each has its own loads, and the claim that a load needs makes them one: whoever does
 * not get it waits until the other's load has ended, and looks again.
 */
import { assert } from "../../base/assert.js";
import type { TimerHandle } from "../../base/clock.js";
import { ClosedError, LoadTimeoutError } from "../../base/errors.js";
import { checkSetOptions } from "../core/lifetime.js";
import type { BoundFetchOptions } from "../options.js";
import { Commit, Ignore, type LoadResult, type SetOptions } from "../types.js";
import { diagnostics } from "./diagnostics.js";
import type { Claim, LoadingCache } from "./loading.js";
import { untilAborted } from "./until-aborted.js";

export type Run<V> = (signal: AbortSignal) => LoadResult<V> | PromiseLike<LoadResult<V>>;

export class Load<V> {
  readonly controller = new AbortController();
  /** Callers that still wait. */
  waiters = 0;
  /** Goes on without callers. */
  background = false;
  /** From when the loader is called; before, the load waits for an overtaken one, or one elsewhere. */
  claim: Claim<V> | null = null;
  /** The tags that its caller named. */
  tags: readonly string[] = [];
  /** What to do when the last caller gave up. */
  abandon: (reason: unknown) => void = (reason) => this.controller.abort(reason);
  promise!: Promise<V | undefined>;

  get overtaken(): boolean {
    return this.claim?.overtaken === true || this.controller.signal.aborted;
  }

  /** A caller gave up. */
  leave(reason: unknown): void {
    if (--this.waiters === 0 && !this.background) this.abandon(reason);
  }
}

export class Loads<K, V> {
  readonly #cache: LoadingCache<K, V>;
  /** The latest load of each key. */
  readonly #current = new Map<K, Load<V>>();
  /** All of them, overtaken ones too. */
  readonly #running = new Set<Load<V>>();

  constructor(cache: LoadingCache<K, V>) {
    this.#cache = cache;
    cache.closers.add(() => this.#close());
  }

  get size(): number {
    return this.#current.size;
  }

  /**
   * The load that a caller who comes now may wait for: none of the tags that either names was invalidated since it began.
   * (Tags that only the loader names, in `commit`, are not known yet; a value that bears them is not stored.)
   */
  joinable(key: K, tags: readonly string[]): Load<V> | undefined {
    const load = this.#current.get(key);
    if (load === undefined || load.overtaken) return undefined;
    return load.claim?.invalidated([...tags, ...load.tags]) === true ? undefined : load;
  }

  /** Whether a load is under way that a new one would have to wait for. */
  isBusy(key: K): boolean {
    return this.#current.has(key);
  }

  /** Begins a load, now or when the overtaken one has ended. The caller has asked `joinable` first. */
  start(key: K, run: Run<V>, how: BoundFetchOptions): Load<V> {
    const before = this.#current.get(key);
    const load = new Load<V>();
    this.#current.set(key, load);
    this.#running.add(load);
    load.promise =
      before === undefined
        ? this.#perform(key, load, run, how)
        : this.#performAfter(before, key, load, run, how);
    // Waiters hear of a failure; a load without any must not be an unhandled rejection.
    load.promise.catch(() => {});
    return load;
  }

  verify(): void {
    for (const load of this.#current.values())
      assert(this.#running.has(load), "loads: one that has ended can still be joined");
  }

  async #performAfter(
    before: Load<V>,
    key: K,
    load: Load<V>,
    run: Run<V>,
    how: BoundFetchOptions,
  ): Promise<V | undefined> {
    await before.promise.catch(() => {});
    const value = this.#cache.closed || how.force ? undefined : this.#cache.shelf.peek(key);
    if (value === undefined) return this.#perform(key, load, run, how);
    // Somebody stored a value meanwhile: newer than anything that a load asked for before it could bring.
    this.#end(key, load);
    return value;
  }

  async #perform(key: K, load: Load<V>, run: Run<V>, how: BoundFetchOptions): Promise<V | undefined> {
    const { shelf, time } = this.#cache;
    const timer = this.#limit(key, load, how.timeout);
    try {
      let claim = shelf.claim(key);
      while (claim === undefined) {
        const found = await this.#elsewhere(key, load, how);
        if (found !== undefined) return found.value;
        claim = shelf.claim(key);
      }
      return await this.#load(key, load, claim, run, how);
    } finally {
      if (timer !== null) time.clock.clearTimer(timer);
      this.#end(key, load);
    }
  }

  /** Waits for the load of another thread; what it stored, or remembered not to have found, will do. */
  async #elsewhere(
    key: K,
    load: Load<V>,
    how: BoundFetchOptions,
  ): Promise<{ readonly value: V | undefined } | undefined> {
    const { outcomes, shelf, time } = this.#cache;
    await shelf.untilFree(key, load.controller.signal);
    if (how.force) return undefined;
    const value = shelf.peek(key);
    return value !== undefined || outcomes.isNothing(key, time.now()) ? { value } : undefined;
  }

  async #load(
    key: K,
    load: Load<V>,
    claim: Claim<V>,
    run: Run<V>,
    how: BoundFetchOptions,
  ): Promise<V | undefined> {
    const { outcomes, time } = this.#cache;
    load.claim = claim;
    load.tags = how.tags;
    const startedAt = time.now();
    try {
      const result = await untilAborted(run, load.controller.signal);
      const value = this.#settle(claim, time.now() - startedAt, result, how);
      this.#count(key, startedAt, undefined);
      return value;
    } catch (error) {
      this.#count(key, startedAt, { error });
      const givenUp = load.controller.signal.aborted && !(error instanceof LoadTimeoutError);
      if (how.backoff > 0 && !claim.overtaken && !givenUp)
        outcomes.failed(key, error, time.now(), how.backoff);
      throw error;
    } finally {
      // In one step: without its claim, the load would no longer know that it was overtaken, and could still be joined.
      this.#end(key, load);
      claim.end();
    }
  }

  /** Stores what was loaded, if it may be; returns the value for the callers. */
  #settle(claim: Claim<V>, costMs: number, result: LoadResult<V>, how: BoundFetchOptions): V | undefined {
    if (result instanceof Ignore) return result.value;
    const value = result instanceof Commit ? result.value : result;
    if (value === undefined) {
      claim.foundNothing(how);
      return undefined;
    }
    const options = storedAs(how, result instanceof Commit ? result.options : undefined);
    if (!claim.store(value, options, how, costMs)) this.#cache.stats.loadsOvertaken++;
    return value;
  }

  #limit(key: K, load: Load<V>, timeoutMs: number): TimerHandle | null {
    if (timeoutMs === 0) return null;
    return this.#cache.time.clock.setTimer(
      () => load.controller.abort(new LoadTimeoutError(key, timeoutMs)),
      timeoutMs,
    );
  }

  #count(key: K, startedAt: number, failure: { readonly error: unknown } | undefined): void {
    const { name, stats, time } = this.#cache;
    const timeMs = time.now() - startedAt;
    stats.loadMs += timeMs;
    if (failure === undefined) stats.loadsOk++;
    else stats.loadsFailed++;
    if (diagnostics.load.hasSubscribers)
      diagnostics.load.publish({ cache: name, key, ok: failure === undefined, timeMs, ...failure });
  }

  #end(key: K, load: Load<V>): void {
    this.#running.delete(load);
    if (this.#current.get(key) === load) this.#current.delete(key);
  }

  #close(): void {
    for (const load of this.#running) load.controller.abort(new ClosedError("fetch"));
    this.#current.clear();
    this.#running.clear();
  }
}

/** What the result says goes before what the call said; what neither says is the cache's. */
function storedAs(how: BoundFetchOptions, own: SetOptions = {}): SetOptions {
  checkSetOptions(own, "commit");
  return {
    ttl: own.ttl === undefined ? how.ttl : own.ttl,
    idle: own.idle === undefined ? how.idle : own.idle,
    tags: own.tags === undefined ? how.tags : own.tags,
    weight: own.weight === undefined ? how.weight : own.weight,
  };
}
