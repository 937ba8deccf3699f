/** Stores, guarded. */

export type { VerbFigures } from "./figures.js";
export { type GuardOptions, guardOptions } from "./options.js";
export { type GuardStats, StoreGuard } from "./store-guard.js";
