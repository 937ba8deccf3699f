/**
 * `stowage/testing`: what this package tests itself with, for those who write a cache, a policy, or code that uses one.
 *
 *     FakeClock      time that moves when the test says so: new Cache({ clock })
 *     cacheSuite     the promises of every verb, for any cache with these verbs, under any test runner
 *     policySuite    what the cache relies on in an eviction policy
 *     routerSuite    what the client relies on in a router; measureRouter: how many keys it moves
 *     storeSuite     what tiers rely on in a store
 *     busSuite       what they rely on in a bus
 *
 * Left out: anything a production program should import.
 */

export { BUS_NEEDS, BusContext, type BusNeed, type BusSubject, type BusUnderTest } from "./bus-subject.js";
export { type BusCase, busCases, busSuite, failingBusCases } from "./bus-suite.js";
export { cacheCases, cacheSuite, type Failure, failingCases, type Runner } from "./cache-suite.js";
export type { Case } from "./cases.js";
export { type Deferred, deferred } from "./deferred.js";
export { FakeClock, settle } from "./fake-clock.js";
export { failingPolicyCases, type PolicySubject, policySuite } from "./policy-suite.js";
export {
  fewestMoves,
  type Move,
  measureRouter,
  movesOf,
  numberedServers,
  type RouterMeasure,
  type Shares,
  sharesOf,
} from "./router-measure.js";
export {
  failingRouterCases,
  ROUTER_ABILITIES,
  type RouterAbility,
  type RouterCase,
  type RouterSubject,
  routerCases,
  routerSuite,
} from "./router-suite.js";
export {
  STORE_NEEDS,
  type StoreContext,
  type StoreNeed,
  type StoreSubject,
  type StoreUnderTest,
} from "./store-subject.js";
export { failingStoreCases, type StoreCase, storeCases, storeSuite } from "./store-suite.js";
export {
  ABILITIES,
  type Ability,
  allAbilities,
  type CacheSubject,
  type CacheUnderTest,
  type SubjectOptions,
} from "./subject.js";
