/**
 * Warmers: the user's functions that fill the cache before anybody asks.
 *
 * All run at the start; those with `every` again, so long after the last run ended. One warmer never runs twice at a
 * time: whoever asks for it meanwhile waits for the run under way. A run that fails is reported and tried again, after a
 * pause that doubles from RETRY_MS up to RETRY_MAX_MS (or `every`, if that is sooner); the cache goes on without it.
 * A warmer is a load: what was written, deleted or cleared while it ran is newer than what it brings, and stays.
 */

import type { TimerHandle } from "../../base/clock.js";
import {
  ClosedError,
  InvalidArgumentError,
  InvalidOptionError,
  UnknownWarmerError,
} from "../../base/errors.js";
import { checkEntries } from "../core/put.js";
import type { BoundWarmer } from "../options.js";
import type { SetOptions, WarmerResult } from "../types.js";
import type { WarmedCache, Warmth } from "./loading.js";

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 60_000;

class Warming {
  run: Promise<number> | null = null;
  failures = 0;
  timer: TimerHandle | null = null;
  succeeded!: () => void;
  /** Resolves with the first success. */
  readonly ready = new Promise<void>((resolve) => {
    this.succeeded = resolve;
  });

  constructor(
    readonly warmer: BoundWarmer,
    readonly name: string,
  ) {}
}

export class Warmers<K, V> {
  readonly #cache: WarmedCache<K, V>;
  readonly #warmings: readonly Warming[];
  readonly #controller = new AbortController();
  readonly names: readonly string[];
  /** Resolves when all required warmers have run; rejects only by `close`. */
  readonly ready: Promise<void>;

  /** @param where for errors */
  constructor(cache: WarmedCache<K, V>, warmers: readonly BoundWarmer[], where = "new Cache") {
    this.#cache = cache;
    this.#warmings = warmers.map((warmer, index) => new Warming(warmer, warmer.name || `warmers[${index}]`));
    this.names = this.#warmings.map(({ name }) => name);
    checkNamesDiffer(this.names, where);
    const required = this.#warmings.filter(({ warmer }) => warmer.required).map(({ ready }) => ready);
    const closed = new Promise<never>((_, reject) => {
      cache.closers.add(() => {
        this.#close();
        reject(new ClosedError("ready"));
      });
    });
    this.ready =
      required.length === 0
        ? Promise.resolve()
        : Promise.race([Promise.all(required).then(() => {}), closed]);
    // Nobody has to look at `ready`, so its rejection by close() must not count as unhandled.
    closed.catch(() => {});
    this.ready.catch(() => {});
  }

  /** After the cache is complete; in a later turn, so that the caller's constructor runs through. */
  start(): void {
    if (this.#warmings.length === 0) return;
    queueMicrotask(() => {
      if (!this.#cache.closed) for (const each of this.#warmings) void this.#run(each);
    });
  }

  /** Runs the named ones, or all; how many entries each stored. A failure is reported, and its count undefined. */
  async warm(only: readonly string[] | null): Promise<Record<string, number | undefined>> {
    for (const name of only ?? [])
      if (!this.names.includes(name)) throw new UnknownWarmerError(name, this.names);
    const chosen = this.#warmings.filter(({ name }) => only === null || only.includes(name));
    const counts = await Promise.all(chosen.map(async (each) => [each.name, await this.#run(each)] as const));
    return Object.fromEntries(counts);
  }

  async #run(each: Warming): Promise<number | undefined> {
    each.run ??= this.#perform(each).finally(() => {
      each.run = null;
    });
    try {
      const stored = await each.run;
      return stored;
    } catch {
      // Reported where it happened.
      return undefined;
    }
  }

  async #perform(each: Warming): Promise<number> {
    this.#clearTimer(each);
    const warmth = this.#cache.shelf.watchAll();
    try {
      const context = { state: each.warmer.state, signal: this.#controller.signal };
      const result = await this.#untilClosed(each.warmer.execute?.(context) as WarmerResult<K, V>);
      if (this.#cache.closed) return 0;
      const storing = store(result, warmth);
      const stored = typeof storing === "number" ? storing : await storing;
      each.failures = 0;
      each.succeeded();
      this.#again(each, each.warmer.every);
      return stored;
    } catch (error) {
      this.#failed(each, error);
      throw error;
    } finally {
      warmth.end();
    }
  }

  /** A warmer that does not listen to its signal is let go of. */
  #untilClosed<T>(result: T | PromiseLike<T>): Promise<T> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      Promise.resolve(result)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener("abort", stop));
    });
  }

  #failed(each: Warming, error: unknown): void {
    if (this.#cache.closed) return;
    this.#cache.reporter.report(error, "warmer", each.name);
    const pauseMs = Math.min(RETRY_MS * 2 ** each.failures++, RETRY_MAX_MS);
    this.#again(each, each.warmer.every === 0 ? pauseMs : Math.min(pauseMs, each.warmer.every));
  }

  #again(each: Warming, ms: number): void {
    if (ms === 0 || this.#cache.closed) return;
    this.#clearTimer(each);
    each.timer = this.#cache.time.clock.setTimer(() => {
      each.timer = null;
      void this.#run(each);
    }, ms);
  }

  #clearTimer(each: Warming): void {
    if (each.timer !== null) this.#cache.time.clock.clearTimer(each.timer);
    each.timer = null;
  }

  #close(): void {
    this.#controller.abort(new ClosedError("warm"));
    for (const each of this.#warmings) this.#clearTimer(each);
  }
}

/** `warm` tells what each stored by its name. */
function checkNamesDiffer(names: readonly string[], where: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const expected = "names that differ from each other";
  throw new InvalidOptionError({ where, option: "warmers", received: twice, expected });
}

function store<K, V>(result: WarmerResult<K, V>, warmth: Warmth<K, V>): number | Promise<number> {
  if (result === undefined || result === null) return 0;
  const { entries, options } = entriesOf(result);
  return warmth.store(checkEntries(entries, "warmer"), options);
}

function entriesOf<K, V>(
  result: NonNullable<WarmerResult<K, V>>,
): { entries: Iterable<readonly [K, V]>; options?: SetOptions } {
  if (typeof result !== "object") {
    throw new InvalidArgumentError(
      "warmer",
      "its result",
      result,
      "entries, or {entries, options}, or undefined",
    );
  }
  return Symbol.iterator in result ? { entries: result } : result;
}
