/** What the tests of warmers share: a clock, a cache that is checked and closed at the end, and warmers that a test ends. */
import { Cache, type CacheOptions, type ErrorSource, type Warmer, type WarmerResult } from "stowage";
import { type Deferred, deferred, FakeClock, settle } from "stowage/testing";
import { afterEach, beforeEach, expect } from "vitest";

export type Result = WarmerResult<string, number>;

/** All new for each test. */
export let clock: FakeClock;
export let cache: Cache<string, number>;
export let reports: [error: unknown, source: ErrorSource][];
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

export function eachTestOnItsOwn(): void {
  beforeEach(() => {
    clock = new FakeClock();
    reports = [];
    process.on("unhandledRejection", note);
  });
  afterEach(async () => {
    if (!cache.closed) cache.verify();
    cache.close();
    await settle();
    process.off("unhandledRejection", note);
    expect(clock.pending, "timers left").toBe(0);
    expect(unhandled).toEqual([]);
  });
}

export function make(
  given: (Warmer<string, number> | Controlled)[],
  options: CacheOptions<string, number> = {},
): Cache<string, number> {
  const onError = (error: unknown, source: ErrorSource): void => void reports.push([error, source]);
  const warmers = given.map((each) => (each instanceof Controlled ? each.warmer : each));
  cache = new Cache<string, number>({ clock, onError, ...options, warmers });
  return cache;
}

/** A warmer whose runs the test ends. */
export class Controlled {
  readonly runs: Deferred<Result>[] = [];
  readonly signals: AbortSignal[] = [];
  readonly warmer: Warmer<string, number>;

  constructor(name: string, every?: number, required = false) {
    const execute: Warmer<string, number>["execute"] = ({ signal }) => {
      const run = deferred<Result>();
      this.runs.push(run);
      this.signals.push(signal);
      return run.promise;
    };
    this.warmer = { name, required, execute, ...(every !== undefined && { every }) };
  }
}

export async function end(run: Deferred<Result>, result: Result | Error): Promise<void> {
  if (result instanceof Error) run.reject(result);
  else run.resolve(result);
  await settle();
}
