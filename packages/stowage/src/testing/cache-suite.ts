/**
 * The conformance suite of a cache: what every verb promises, in every state, for every key.
 *
 *   import { describe, it } from "node:test";            // or vitest, jest, mocha
 *   cacheSuite({ name: "my cache", create: (options) => new Cache(options), abilities: allAbilities() }, { describe, it });
 *
 * It needs a runner's `describe` and `it` and nothing else; without a runner `failingCases` gives the names of the cases
 * that fail, which is how this package shows that the suite fails on broken caches. Left out: eviction order (the policy
 * suite), races between loads and writes, and anything that takes wall-clock time.
 */

import { bulk } from "./cases/bulk.js";
import { commands } from "./cases/commands.js";
import { counters } from "./cases/counters.js";
import { dump } from "./cases/dump.js";
import { expiry } from "./cases/expiry.js";
import { expiryChanges } from "./cases/expiry-changes.js";
import { hooks } from "./cases/hooks.js";
import { hostileKeys } from "./cases/hostile-keys.js";
import { iteration } from "./cases/iteration.js";
import { janitor } from "./cases/janitor.js";
import { lifecycle } from "./cases/lifecycle.js";
import { limits } from "./cases/limits.js";
import { loading } from "./cases/loading.js";
import { loadingCallers } from "./cases/loading-callers.js";
import { loadingLimits } from "./cases/loading-limits.js";
import { loadingMany } from "./cases/loading-many.js";
import { loadingTime } from "./cases/loading-time.js";
import { options } from "./cases/options.js";
import { ownership } from "./cases/ownership.js";
import { prune } from "./cases/prune.js";
import { removal } from "./cases/removal.js";
import { stats } from "./cases/stats.js";
import { stream } from "./cases/stream.js";
import { tags } from "./cases/tags.js";
import { transactions } from "./cases/transactions.js";
import { updates } from "./cases/updates.js";
import { verbs } from "./cases/verbs.js";
import { weights } from "./cases/weights.js";
import { applies, type Case, runCase } from "./cases.js";
import type { CacheSubject } from "./subject.js";

/** Every case of the suite, as data. */
export const cacheCases: readonly Case[] = [
  ...verbs,
  ...hostileKeys,
  ...bulk,
  ...counters,
  ...updates,
  ...expiry,
  ...expiryChanges,
  ...janitor,
  ...limits,
  ...weights,
  ...prune,
  ...removal,
  ...iteration,
  ...stream,
  ...tags,
  ...loading,
  ...loadingMany,
  ...loadingCallers,
  ...loadingTime,
  ...loadingLimits,
  ...transactions,
  ...hooks,
  ...commands,
  ...dump,
  ...stats,
  ...options,
  ...ownership,
  ...lifecycle,
];

/** The functions of a test runner that the suite uses. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** Registers every case that the subject's abilities allow. */
export function cacheSuite(subject: CacheSubject, { describe, it }: Runner): void {
  const cases = cacheCases.filter((one) => applies(subject, one));
  describe(subject.name, () => {
    for (const group of new Set(cases.map((one) => one.group))) {
      describe(group, () => {
        for (const one of cases) if (one.group === group) it(one.name, () => runCase(subject, one));
      });
    }
  });
}

/** A case that failed, and why. */
export interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Runs the suite, or some groups of it, without a runner and gives the failures back, named "group: case". */
export async function failingCases(subject: CacheSubject, groups?: readonly string[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  const unknown = groups?.find((name) => !cacheCases.some((one) => one.group === name));
  if (unknown !== undefined) throw new RangeError(`failingCases: there is no group "${unknown}"`);
  for (const one of cacheCases) {
    if (!applies(subject, one) || (groups !== undefined && !groups.includes(one.group))) continue;
    const note = (error: unknown): void => void failures.push({ name: `${one.group}: ${one.name}`, error });
    await runCase(subject, one).catch(note);
  }
  return failures;
}
