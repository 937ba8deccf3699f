/** What the command line uses of client/. */
export { type Address, expectedAddress, parseAddress } from "./address.js";
export { Client, type Reply, type Request, refusal } from "./client.js";
export * from "./entry.js";
export { RefusedError, UnreachableError } from "./errors.js";
export { keysOf } from "./keys.js";
