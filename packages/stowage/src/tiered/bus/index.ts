/** What other parts of tiers use of the bus. */

export { Feed, type FeedListener, type FeedOptions, type FeedStats, type FlushReason } from "./feed.js";
export { MemoryBus } from "./memory-bus.js";
