/** A cache whose loads a case finishes by hand, for all that is about what happens meanwhile. */
import { type Deferred, deferred } from "./deferred.js";
import type { CacheUnderTest, CaseContext, SubjectOptions } from "./subject.js";

interface Load extends Deferred<unknown> {
  readonly stale: unknown;
  readonly signal: AbortSignal;
}

export interface Sourced {
  readonly cache: CacheUnderTest;
  /** The loads begun so far, in order. */
  readonly loads: readonly Load[];
  /** The loader to give to fetch. */
  readonly load: (key: unknown, context: { stale: unknown; signal: AbortSignal }) => Promise<unknown>;
  finish(index: number, value: unknown): Promise<void>;
  fail(index: number, error: unknown): Promise<void>;
}

export function sourced(t: CaseContext, options: SubjectOptions = {}): Sourced {
  const loads: Load[] = [];
  return {
    cache: t.create(options),
    loads,
    load(_key, context) {
      const load = { ...deferred<unknown>(), ...context };
      loads.push(load);
      return load.promise;
    },
    finish(index, value) {
      loads[index]?.resolve(value);
      return t.clock.advanceAsync(0);
    },
    fail(index, error) {
      loads[index]?.reject(error);
      return t.clock.advanceAsync(0);
    },
  };
}
