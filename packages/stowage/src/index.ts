/**
 * The public API of `stowage`: exactly what stands here.
 */
export { type Clock, systemClock, type TimerHandle } from "./base/clock.js";
export type { Duration } from "./base/duration.js";
export * from "./base/errors.js";
export { hashArguments } from "./base/hash.js";
export { Cache } from "./cache/cache.js";
export { commit, ignore } from "./cache/results.js";
export { createPolicy, type PolicyName, policyNames } from "./cache/policy/create.js";
export type { Policy } from "./cache/policy/policy.js";
export type * from "./cache/types.js";
