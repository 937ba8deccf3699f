/** The public API of `stowage/patterns`: exactly what stands here. */

export type { RedisPlace } from "./common/redis.js";
export type { CacheFetchOptions, CacheSetOptions, CacheVerbs } from "./common/verbs.js";
export { Counters, type CountersOptions } from "./counters/counters.js";
export { FeatureFlags, type FeatureFlagsOptions, type FlagRule, isOnBy } from "./flags/feature-flags.js";
export type { Ranked } from "./leaderboard/board.js";
export { Leaderboard, type LeaderboardOptions } from "./leaderboard/leaderboard.js";
export { RateLimiter, type RateLimiterOptions } from "./limits/rate-limiter.js";
export type { LimitAnswer, LimitKind } from "./limits/rules.js";
export type { HeldLock } from "./lock/held-lock.js";
export { type AcquireOptions, Locks, type LocksOptions } from "./lock/locks.js";
export { Presence, type PresenceOptions } from "./presence/presence.js";
export { type SessionRecord, type SessionStoreVerbs, sessionStore } from "./sessions/session-store.js";
export { Sessions, type SessionsOptions } from "./sessions/sessions.js";
export { type CacheAside, type CacheAsideOptions, cacheAside } from "./through/cache-aside.js";
export { type MemoizeOptions, memoize } from "./through/memoize.js";
export { type ReadThrough, type ReadThroughOptions, readThrough } from "./through/read-through.js";
export { type RefreshAhead, type RefreshAheadOptions, refreshAhead } from "./through/refresh-ahead.js";
export {
  type BehindEntry,
  type WriteBehind,
  type WriteBehindOptions,
  type WriteBehindStats,
  writeBehind,
} from "./through/write-behind.js";
export { type WriteThrough, type WriteThroughOptions, writeThrough } from "./through/write-through.js";
