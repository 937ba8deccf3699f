/** The public API of `stowage/stores/lmdb`: exactly what stands here. */

export { LmdbStore } from "./lmdb-store.js";
export type { LmdbStoreOptions } from "./options.js";
export type { LmdbDatabase, LmdbRoot } from "./types.js";
