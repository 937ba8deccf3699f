/** L2: Redis or Valkey, which holds the truth for all servers of a fleet. What routes work with. */
export { addTo } from "./counters.js";
export { createL2Memory, type L2Figures, readL2Figures } from "./figures.js";
export { type Asked, ask, fill, foundNothing, release } from "./leases.js";
export type { Draft, Found, LiveVerb } from "./records.js";
export type { Item } from "./shelf.js";
export { isCursor, type Listed, pageOf, removeAll, removePrefix } from "./sweep.js";
export { PLAIN, TAIL_BYTES } from "./tail.js";
export { type Fresh, itemOf, type Looked, type Stored, type Tier } from "./tier.js";
