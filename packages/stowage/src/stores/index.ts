/** The public API of `stowage/stores`: what a store is, for those who write one. Each store has a subpath of its own. */

export type * from "./bus.js";
export type * from "./store.js";
