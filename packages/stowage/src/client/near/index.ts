/** A near cache for `new Client({ near })`. */
import { NearCache } from "./near-cache.js";
import { type NearOptions, nearOptions } from "./options.js";
import type { NearFactory } from "./types.js";

export type { NearOptions } from "./options.js";
export type { NearFactory, NearStats } from "./types.js";

/**
 * A cache in this process, in front of the servers: what was read stays here, and goes as soon as the servers tell that it
 * has changed. No value is given out that has been out of date for longer than `maxStaleness` ("2s"), whatever the network
 * does; see docs/near-cache.md for why, and for what it costs.
 *
 * Values are handed out by reference: do not change them.
 *
 * @throws InvalidOptionError
 * @example new Client({ url, near: nearCache({ max: 10_000, maxStaleness: "1s" }) })
 */
export function nearCache(options?: NearOptions): NearFactory {
  const bound = nearOptions.bind(options, "nearCache");
  return Object.freeze({ create: (parts) => new NearCache(bound, parts) } satisfies NearFactory);
}
