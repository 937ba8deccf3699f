/** The public API of `stowage/stores/server`: exactly what stands here. */

export type { ByteSize, ServerStoreOptions } from "./options.js";
export { ServerStore } from "./server-store.js";
