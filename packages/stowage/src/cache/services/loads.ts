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
 */
import { assert } from "../../base/assert.js";
import type { TimerHandle } from "../../base/clock.js";
import { ClosedError, LoadTimeoutError } from "../../base/errors.js";
import { checkSetOptions, jittered, storingOf } from "../core/lifetime.js";
import { findLive } from "../core/lookup.js";
import { noteMortal, put } from "../core/put.js";
import { drop } from "../core/remove.js";
import type { BoundFetchOptions } from "../options.js";
import { keepMsOf } from "../options.js";
import type { State } from "../state.js";
import { Commit, Ignore, type LoadResult, type SetOptions } from "../types.js";
import { diagnostics } from "./diagnostics.js";
import type { Watch } from "./watches.js";

export type Run<V> = (signal: AbortSignal) => LoadResult<V> | PromiseLike<LoadResult<V>>;

export class Load<V> {
  readonly controller = new AbortController();
  /** Callers that still wait. */
  waiters = 0;
  /** Goes on without callers. */
  background = false;
  /** From when the loader is called; before, the load waits for an overtaken one. */
  watch: Watch | null = null;
  /** The number of the last invalidation of a tag when it began, and the tags that its caller named. */
  tagsAt = 0;
  tags: readonly string[] = [];
  /** What to do when the last caller gave up. */
  abandon: (reason: unknown) => void = (reason) => this.controller.abort(reason);
  promise!: Promise<V | undefined>;

  get overtaken(): boolean {
    return this.watch?.overtaken === true || this.controller.signal.aborted;
  }

  /** A caller gave up. */
  leave(reason: unknown): void {
    if (--this.waiters === 0 && !this.background) this.abandon(reason);
  }
}

export class Loads<K, V> {
  readonly #state: State<K, V>;
  /** The latest load of each key. */
  readonly #current = new Map<K, Load<V>>();
  /** All of them, overtaken ones too. */
  readonly #running = new Set<Load<V>>();

  constructor(state: State<K, V>) {
    this.#state = state;
    state.closers.add(() => this.#close());
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
    if (load.watch === null) return load;
    const known = [...tags, ...load.tags];
    return this.#state.tags.invalidatedSince(known, load.tagsAt) ? undefined : load;
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
    assert(this.#state.watches.size >= 0, "loads: a watch was removed twice");
  }

  async #performAfter(
    before: Load<V>,
    key: K,
    load: Load<V>,
    run: Run<V>,
    how: BoundFetchOptions,
  ): Promise<V | undefined> {
    await before.promise.catch(() => {});
    const slot = this.#state.closed || how.force ? -1 : findLive(this.#state, key);
    if (slot < 0) return this.#perform(key, load, run, how);
    // Somebody stored a value meanwhile: newer than anything that a load asked for before it could bring.
    this.#end(key, load);
    return this.#state.entries.value(slot);
  }

  async #perform(key: K, load: Load<V>, run: Run<V>, how: BoundFetchOptions): Promise<V | undefined> {
    const s = this.#state;
    const watch = s.watches.add(key);
    load.watch = watch;
    load.tagsAt = s.tags.sequence;
    load.tags = how.tags;
    const startedAt = s.time.now();
    const timer = this.#limit(key, load, how.timeout);
    try {
      const result = await untilAborted(run, load.controller.signal);
      const value = this.#settle(key, load, watch, s.time.now() - startedAt, result, how);
      this.#count(key, startedAt, undefined);
      return value;
    } catch (error) {
      this.#count(key, startedAt, { error });
      const givenUp = load.controller.signal.aborted && !(error instanceof LoadTimeoutError);
      if (how.backoff > 0 && !watch.overtaken && !givenUp)
        s.outcomes.failed(key, error, s.time.now(), how.backoff);
      throw error;
    } finally {
      if (timer !== null) s.time.clock.clearTimer(timer);
      s.watches.remove(key, watch);
      this.#end(key, load);
    }
  }

  /** Stores what was loaded, if it may be; returns the value for the callers. */
  #settle(
    key: K,
    load: Load<V>,
    watch: Watch,
    costMs: number,
    result: LoadResult<V>,
    how: BoundFetchOptions,
  ): V | undefined {
    const s = this.#state;
    if (result instanceof Ignore) return result.value;
    const value = result instanceof Commit ? result.value : result;
    if (value === undefined) {
      const invalidated = s.tags.invalidatedSince(how.tags, load.tagsAt);
      if (!watch.overtaken && !s.closed && !invalidated) this.#foundNothing(key, how);
      return undefined;
    }
    const options = storedAs(how, result instanceof Commit ? result.options : undefined);
    const storing = storingOf(s, key, value, options, "fetch", keepMsOf(how));
    if (s.closed || watch.overtaken || s.tags.invalidatedSince(storing.tags, load.tagsAt)) {
      s.stats.loadsOvertaken++;
      return value;
    }
    // Where the cache's own jitter has shortened the cache's own ttl already, that will do.
    const done = options.ttl === undefined && s.options.jitter > 0;
    const ttlMs = done ? storing.ttlMs : jittered(storing.ttlMs, how.jitter, s.options.random);
    put(s, key, value, { ...storing, ttlMs }, "fetch");
    if (how.earlyRefresh !== false) this.#noteCost(key, costMs);
    s.removals.flush();
    return value;
  }

  #foundNothing(key: K, how: BoundFetchOptions): void {
    const s = this.#state;
    const slot = s.index.find(key);
    if (slot >= 0) drop(s, slot, findLive(s, key) >= 0 ? "deleted" : "expired");
    if (how.negativeTtl > 0) s.outcomes.foundNothing(key, s.time.now() + how.negativeTtl, how.tags);
    s.removals.flush();
  }

  #noteCost(key: K, costMs: number): void {
    const slot = this.#state.index.find(key);
    if (slot < 0) return;
    this.#state.expiry.setCost(slot, costMs);
    noteMortal(this.#state);
  }

  #limit(key: K, load: Load<V>, timeoutMs: number): TimerHandle | null {
    if (timeoutMs === 0) return null;
    return this.#state.time.clock.setTimer(
      () => load.controller.abort(new LoadTimeoutError(key, timeoutMs)),
      timeoutMs,
    );
  }

  #count(key: K, startedAt: number, failure: { readonly error: unknown } | undefined): void {
    const s = this.#state;
    const timeMs = s.time.now() - startedAt;
    s.stats.loadMs += timeMs;
    if (failure === undefined) s.stats.loadsOk++;
    else s.stats.loadsFailed++;
    if (diagnostics.load.hasSubscribers)
      diagnostics.load.publish({ cache: s.name, key, ok: failure === undefined, timeMs, ...failure });
  }

  #end(key: K, load: Load<V>): void {
    this.#running.delete(load);
    if (this.#current.get(key) === load) this.#current.delete(key);
    if (this.#state.watches.size === 0) this.#state.tags.forgetRecent();
  }

  #close(): void {
    for (const load of this.#running) load.controller.abort(new ClosedError("fetch"));
    this.#current.clear();
    this.#running.clear();
  }
}

/** Calls the loader, and lets go of it when the signal is aborted, whether it listens or not. */
function untilAborted<V>(run: Run<V>, signal: AbortSignal): Promise<LoadResult<V>> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    Promise.resolve(run(signal))
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
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
