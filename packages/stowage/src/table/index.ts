/** The public API of `stowage/table`: exactly what stands here. */

export * from "./shared-cache/index.js";
export { SharedTable } from "./table.js";
export type * from "./types.js";
