/**
 * The conformance suite of a router: what a client relies on, whatever a router chooses by.
 *
 *   import { describe, it } from "node:test";            // or vitest, jest, mocha
 *   routerSuite({ name: "my router", create: () => myRouter(), abilities: ["spreads"] }, { describe, it });
 *
 * Every router has to be a pure function of servers and key, since processes that never speak to each other have to agree.
 * What else it can do it declares; cases for what it cannot are skipped from that alone. Left out: which server has which
 * key, which only test vectors can say, and how long a call takes.
 */
import type { Router } from "../client/routing/types.js";
import type { Failure, Runner } from "./cache-suite.js";
import { balance } from "./router-cases/balance.js";
import { moves } from "./router-cases/moves.js";
import { purity } from "./router-cases/purity.js";

/** What a router may be able to do, with what it means. */
export const ROUTER_ABILITIES = {
  spreads: "servers have about the same number of keys (without it: as it likes)",
  weights: "they have keys in proportion to their weights (without it: weights that differ are refused)",
  anyOrder: "the order of the list does not matter",
  appends: "a server whose url sorts last moves nothing but its own share when it comes or goes",
  anyMember: "and so does any server",
} as const;

export type RouterAbility = keyof typeof ROUTER_ABILITIES;

export interface RouterSubject {
  readonly name: string;
  /** Makes a fresh router. */
  create(): Router;
  readonly abilities: readonly RouterAbility[];
}

export interface RouterCase {
  readonly name: string;
  readonly needs: readonly RouterAbility[];
  /** It does not apply to routers that have one of these. */
  readonly without?: readonly RouterAbility[];
  readonly run: (create: () => Router) => void;
}

/** Every case of the suite, as data. */
export const routerCases: readonly RouterCase[] = [...purity, ...balance, ...moves];

/** Registers every case that applies. */
export function routerSuite(subject: RouterSubject, { describe, it }: Runner): void {
  describe(subject.name, () => {
    for (const { name, run } of casesFor(subject)) it(name, async () => run(() => subject.create()));
  });
}

/** Runs the suite without a runner and gives the failures back. */
export function failingRouterCases(subject: RouterSubject): Failure[] {
  const failures: Failure[] = [];
  for (const { name, run } of casesFor(subject)) {
    try {
      run(() => subject.create());
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}

function casesFor({ abilities }: RouterSubject): readonly RouterCase[] {
  return routerCases.filter(
    ({ needs, without = [] }) =>
      needs.every((each) => abilities.includes(each)) && !without.some((each) => abilities.includes(each)),
  );
}
