/**
 * The remainder of the hash: the simplest router, for lists that never change.
 *
 *   a key's server   number murmur3(key) mod n of the n servers in the order of their urls (../order.ts)
 *
 * Nearly every key moves when a server comes or goes: n of n + 1. For what is left of it then, see docs/routing.md.
 */
import { murmur3 } from "../hash.js";
import { inOrder } from "../order.js";
import type { Router, RouterNode } from "../types.js";
import { checkEven } from "./even.js";

/** In the order of their numbers. */
type Row = readonly RouterNode[];

/**
 * Hash modulo servers. Takes no weights.
 *
 * @example new Client({ urls, router: mod() })
 */
export function mod(): Router<Row> {
  return {
    name: "mod",
    init(nodes) {
      checkEven("mod", nodes);
      return inOrder(nodes);
    },
    nodes: (state) => state,
    route: (state, key) => state[murmur3(key) % state.length],
  };
}
