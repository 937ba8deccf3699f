/**
 * Loads: at most one per key at a time in this process, and by leases in the fleet.
 *
 *     call ──> a load of the key under way? ── yes ──> wait for it
 *                │ no, or one that began before this process wrote the key
 *                └──> new load (after that one has ended) ──> may it load? (entering.ts) ──> loader ──> store
 *
 * Invariant: a load that began before its key was written, deleted or invalidated, by whomever, never stores its value.
 * Its callers from before still get it; whoever came later gets a load that began later.
 * Invariant: a load that fails, hangs until its timeout or is given up by all its callers leaves nothing behind.
 */
import { ClosedError, LoadTimeoutError } from "../../base/errors.js";
import { jittered } from "../../cache/core/jitter.js";
import type { Outcomes } from "../../cache/services/outcomes.js";
import { untilAborted } from "../../cache/services/until-aborted.js";
import { Commit, Ignore, type LoadResult } from "../../cache/types.js";
import { valueText } from "../wire/operations.js";
import { type BoundLoadOptions, commitOptions } from "./call-options.js";
import { ALONE, type Entered, enter } from "./entering.js";
import { CacheFault, causeOf } from "./fault.js";
import type { Lives } from "./lives.js";
import { Load, type Loaded } from "./load.js";
import type { LoadingCounts, LoadingHost } from "./types.js";
import type { Waits } from "./waits.js";

export type Run = (
  signal: AbortSignal,
  old: unknown,
) => LoadResult<unknown> | PromiseLike<LoadResult<unknown>>;

/** What a load is to do. */
export interface Task {
  readonly key: string;
  readonly run: Run;
  readonly how: BoundLoadOptions;
  /** Of the value that will not do, or that is to be renewed. */
  readonly seen: string | undefined;
  /** Whether another one's load will do as well as none: it renews what is good still. */
  readonly isBehind: boolean;
  /** Without asking the cache, which has just failed. */
  readonly isAlone: boolean;
  /** Told after the value was stored, or not. */
  readonly after: ((isStored: boolean) => Promise<void>) | undefined;
  /** For how long after expiry the value is kept at least. */
  readonly keepMs: number;
}

export class Loads {
  readonly #host: LoadingHost;
  readonly #waits: Waits;
  readonly #outcomes: Outcomes<string>;
  readonly #lives: Lives;
  readonly #counts: LoadingCounts;
  /** The latest of each key. */
  readonly #current = new Map<string, Load>();
  readonly #running = new Set<Load>();
  /** Calls and loaders, in the order in which they began. */
  #moment = 0;

  constructor(
    host: LoadingHost,
    parts: { waits: Waits; outcomes: Outcomes<string>; lives: Lives; counts: LoadingCounts },
  ) {
    this.#host = host;
    this.#waits = parts.waits;
    this.#outcomes = parts.outcomes;
    this.#lives = parts.lives;
    this.#counts = parts.counts;
  }

  get size(): number {
    return this.#running.size;
  }

  /** The number of something that begins now. */
  tick(): number {
    return ++this.#moment;
  }

  joinable(key: string): Load | undefined {
    const load = this.#current.get(key);
    return load?.isJoinable === true ? load : undefined;
  }

  isBusy(key: string): boolean {
    return this.#current.has(key);
  }

  /** Begins a load, now or when the one that cannot be joined has ended. The caller has asked `joinable` first. */
  start(task: Task): Load {
    const { key } = task;
    const before = this.#current.get(key);
    const load = new Load(task.seen !== undefined, task.how.force);
    this.#current.set(key, load);
    this.#running.add(load);
    load.promise = this.#perform(before, load, task).finally(() => this.#end(key, load));
    // Waiters hear of a failure; a load without any must not be an unhandled rejection.
    load.promise.catch(() => {});
    return load;
  }

  /** This process writes the key: what was loaded before is for those who asked before. */
  written(key: string): void {
    const load = this.#current.get(key);
    if (load !== undefined) load.closed = true;
  }

  writtenAll(): void {
    for (const load of this.#running) load.closed = true;
  }

  close(): void {
    for (const load of this.#running) load.controller.abort(new ClosedError("fetch"));
    this.#current.clear();
  }

  async #perform(before: Load | undefined, load: Load, task: Task): Promise<Loaded> {
    const { signal } = load.controller;
    if (before !== undefined) await untilAborted(() => before.promise.catch(() => undefined), signal);
    const entered = await untilAborted(() => this.#enter(load, task), signal);
    if (entered.kind === "value") return { value: entered.value, isCurrent: true };
    if (entered.kind === "nothing") return { value: undefined, isCurrent: true };
    if (entered.kind === "renewed") return { value: undefined, isCurrent: false };
    return this.#load(load, task, entered.old);
  }

  async #enter(load: Load, task: Task): Promise<Entered> {
    if (task.isAlone) return ALONE;
    const { key, seen, how, isBehind } = task;
    try {
      return await enter(this.#host, this.#waits, load, {
        key,
        seen,
        timeoutMs: how.timeout,
        waits: !isBehind,
      });
    } catch (error) {
      this.#bear(load, error);
      return ALONE;
    }
  }

  /** A fault of the cache ends the load, unless somebody waits who wants a value all the same. */
  #bear(load: Load, error: unknown): void {
    if (load.controller.signal.aborted) throw load.controller.signal.reason;
    if (!load.lenient) throw error instanceof CacheFault ? error : new CacheFault(error);
    this.#host.onFault(causeOf(error));
  }

  async #load(load: Load, task: Task, old: unknown): Promise<Loaded> {
    const { clock } = this.#host;
    const { key, how } = task;
    const { claim, controller } = load;
    const timer =
      how.timeout === 0
        ? null
        : clock.setTimer(() => controller.abort(new LoadTimeoutError(key, how.timeout)), how.timeout);
    load.calledAt = this.tick();
    const startedAt = clock.now();
    this.#counts.loads++;
    if (claim === null) this.#counts.withoutCache++;
    try {
      const result = await untilAborted((signal) => task.run(signal, old), controller.signal);
      if (timer !== null) clock.clearTimer(timer);
      return await this.#settle(load, task, clock.now() - startedAt, result);
    } catch (error) {
      this.#failed(load, task, error);
      throw error;
    } finally {
      if (timer !== null) clock.clearTimer(timer);
      claim?.end();
    }
  }

  #failed(load: Load, { key, how }: Task, error: unknown): void {
    this.#counts.failed++;
    const givenUp = load.controller.signal.aborted && !(error instanceof LoadTimeoutError);
    if (how.backoff > 0 && !load.closed && !givenUp)
      this.#outcomes.failed(key, error, this.#host.clock.now(), how.backoff);
  }

  /** Stores what was loaded, if it may be. */
  async #settle({ claim }: Load, task: Task, costMs: number, result: LoadResult<unknown>): Promise<Loaded> {
    const { key, how } = task;
    // Whether it was overtaken, the server is not asked: it counts as if it was.
    if (result instanceof Ignore) return { value: result.value, isCurrent: false };
    const own = result instanceof Commit ? commitOptions.bind(result.options, "commit") : undefined;
    const value = result instanceof Commit ? result.value : result;
    const tags = own?.tags ?? how.tags;
    this.#outcomes.delete(key);
    if (claim === null) {
      if (value === undefined && how.negativeTtl > 0)
        this.#outcomes.foundNothing(key, this.#host.clock.now() + how.negativeTtl, tags);
      return { value, isCurrent: true };
    }
    if (value === undefined) {
      const isLate = (await this.#spared(claim.foundNothing(how.negativeTtl, tags))) === false;
      if (isLate) this.#counts.overtaken++;
      return { value, isCurrent: !isLate };
    }
    const ttlMs = this.#ttlOf(how, own?.ttl);
    const text = valueText("fetch", key, value);
    const parts = { ttlMs, tags, graceMs: Math.max(how.grace, how.staleWhileRevalidate, task.keepMs) };
    const filled = await this.#spared(claim.store(text, parts));
    if (filled === "lost") this.#counts.overtaken++;
    else if (filled !== undefined) this.#lives.stored(key, filled.version, ttlMs, costMs);
    await task.after?.(filled !== undefined && filled !== "lost");
    return { value, isCurrent: filled !== "lost" };
  }

  /** What the result says goes before what the call said; what neither says is the client's. */
  #ttlOf(how: BoundLoadOptions, own: number | null | undefined): number | null | undefined {
    const ttlMs = [own, how.ttl, this.#host.ttlMs].find((each) => each !== undefined);
    return typeof ttlMs === "number" ? jittered(ttlMs, how.jitter, this.#host.random) : ttlMs;
  }

  /** The value is there: that it could not be stored is no reason to keep it from the caller. */
  async #spared<T>(storing: Promise<T>): Promise<T | undefined> {
    try {
      return await storing;
    } catch (error) {
      this.#host.onFault(error);
      return undefined;
    }
  }

  #end(key: string, load: Load): void {
    this.#running.delete(load);
    if (this.#current.get(key) === load) this.#current.delete(key);
  }
}
