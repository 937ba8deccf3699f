/** The public API of `stowage/tiered`. */

export { commit, ignore } from "../cache/results.js";
export type { Loader, LoadResult, WarmerResult } from "../cache/types.js";
export { Feed, type FeedListener, type FlushReason } from "./bus/feed.js";
export { MemoryBus } from "./bus/index.js";
export { type GuardStats, StoreGuard } from "./guard/index.js";
export { Stamps } from "./tags/stamps.js";
export { createTiered, type Tiered } from "./tiered.js";
export type * from "./types.js";
