/**
 * Verbs that a page need not have before it first calls them: those about all entries, invalidation by tag and prefix, and
 * explicit batches. client.ts loads this file when one is called.
 */
export { batch } from "./batch.js";
export { invalidate, invalidateTags } from "./invalidate.js";
export { keys, scan } from "./walk.js";
export { clear, health, size, stats } from "./whole.js";
