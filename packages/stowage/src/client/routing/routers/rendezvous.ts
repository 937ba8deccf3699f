/**
 * Rendezvous hashing, also called highest random weight: every server draws a number for the key, the highest has it.
 *
 *   a server's draw   d = fmix32(murmur3(key) xor murmur3(url)), fmix32 being the last step of MurmurHash3
 *   its score         -weight / ln((d + 0.5) / 2^32); where all weights are the same, d itself, which orders them alike
 *   a key's server    the one with the highest score; of equal ones that with the higher murmur3(key + url), then the
 *                     smaller url (by UTF-16 units)
 *
 * Shares are as even as hashing can be, weights hold exactly, and a server that comes or goes moves its own share only.
 * The price is a draw per server for each call: some nanoseconds each, so for some dozens of servers.
 *
 * Thaler & Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998); the weights as in Mosharaf Chowdhury's and
 * Jason Resch's "New Hashing Algorithms for Data Storage" (2015): with -w / ln(h), a change of one weight moves keys only to
 * or from that server.
 */
import { finish, murmur3 } from "../hash.js";
import { compare } from "../order.js";
import type { Router, RouterNode } from "../types.js";

interface Draws {
  readonly nodes: readonly RouterNode[];
  /** murmur3 of each url. */
  readonly seeds: Uint32Array;
  readonly weights: Float64Array;
  readonly isEven: boolean;
}

/**
 * Rendezvous hashing with weights.
 *
 * @example new Client({ urls: ["http://cache-1:4000", { url: "http://cache-2:4000", weight: 2 }], router: rendezvous() })
 */
export function rendezvous(): Router<Draws> {
  return {
    name: "rendezvous",
    init: (nodes) => ({
      nodes: [...nodes],
      seeds: Uint32Array.from(nodes, ({ url }) => murmur3(url)),
      weights: Float64Array.from(nodes, ({ weight }) => weight),
      isEven: nodes.every(({ weight }) => weight === nodes[0].weight),
    }),
    nodes: (state) => state.nodes,
    route: (state, key) => state.nodes[highest(state, key)],
  };
}

function highest(state: Draws, key: string): number {
  const hash = murmur3(key);
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < state.seeds.length; index++) {
    const score = scoreOf(state, index, hash);
    if (score > bestScore || (score === bestScore && winsTie(state.nodes[index], state.nodes[best], key))) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

function scoreOf({ seeds, weights, isEven }: Draws, index: number, hash: number): number {
  const draw = finish(hash ^ seeds[index]);
  return isEven ? draw : -weights[index] / Math.log((draw + 0.5) / 2 ** 32);
}

/** Two urls may have the same hash, and would tie over every key. */
function winsTie(one: RouterNode, other: RouterNode, key: string): boolean {
  return (murmur3(key + one.url) - murmur3(key + other.url) || compare(other.url, one.url)) > 0;
}
