/** The public API of `stowage/stores/table`: exactly what stands here. */

export type { TableStoreOptions } from "./options.js";
export { TableStore } from "./table-store.js";
