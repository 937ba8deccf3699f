/** The public API of `stowage/stores/memory`: exactly what stands here. */

export { MemoryStore } from "./memory-store.js";
export type { ByteSize, MemoryStoreOptions } from "./options.js";
