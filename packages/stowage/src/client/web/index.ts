/** `stowage/client` for browsers and edge runtimes: over `fetch`, without anything of Node. */
export * from "../errors.js";
export type * from "../types.js";
