/** What `stowage/client` exports of routing, everywhere. `dns`, which needs Node, stands in dns.ts. */
export { murmur3 } from "./hash.js";
export { jump } from "./routers/jump.js";
export { type LocalOptions, local } from "./routers/local.js";
export { mod } from "./routers/mod.js";
export { rendezvous } from "./routers/rendezvous.js";
export { type RingOptions, ring } from "./routers/ring.js";
export type { Router, RouterNode } from "./types.js";
