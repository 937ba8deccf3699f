/** How evenly a router shares keys out, and how many of them move when servers come or go. Exact, and the same on each run. */
import type { Router, RouterNode } from "../client/routing/types.js";

/** Keys by the url of their server. */
export type Shares = ReadonlyMap<string, number>;

/** `http://cache-1:4000` and so on, each of weight 1. */
export function numberedServers(count: number): RouterNode[] {
  return Array.from({ length: count }, (_, index) => ({ url: `http://cache-${index + 1}:4000`, weight: 1 }));
}

/** How many of `keys` each server has; servers without any are there with 0. */
export function sharesOf(router: Router, nodes: readonly RouterNode[], keys: readonly string[]): Shares {
  const state = router.init(nodes);
  const shares = new Map(nodes.map(({ url }) => [url, 0]));
  for (const key of keys) {
    const { url } = router.route(state, key);
    shares.set(url, (shares.get(url) ?? 0) + 1);
  }
  return shares;
}

/** One key that is on another server than before. */
export interface Move {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** The keys that are elsewhere once `before` has become `after`. */
export function movesOf(
  router: Router,
  before: readonly RouterNode[],
  after: readonly RouterNode[],
  keys: readonly string[],
): Move[] {
  const old = router.init(before);
  const now = router.init(after);
  const moves: Move[] = [];
  for (const key of keys) {
    const from = router.route(old, key).url;
    const to = router.route(now, key).url;
    if (from !== to) moves.push({ key, from, to });
  }
  return moves;
}

export interface RouterMeasure {
  readonly servers: number;
  /** Keys of the server that has most of them, over the mean: 1.1 is 10 % more than its share. */
  readonly most: number;
  /** The same of the one that has least. */
  readonly least: number;
  /** The part of all keys that moves, from 0 to 1, when a server ... */
  readonly joinsLast: number;
  readonly joinsInTheMiddle: number;
  readonly leavesLast: number;
  readonly leavesInTheMiddle: number;
}

/** What a change moves at the least: of one server to join `servers`, of one of them to leave. */
export function fewestMoves(servers: number): { joins: number; leaves: number } {
  return { joins: 1 / (servers + 1), leaves: 1 / servers };
}

/**
 * Measures a router over numbered servers.
 *
 * @param servers how many there are, 2 at the least
 * @param keys how many keys are looked at, `key:0` and so on
 */
export function measureRouter(
  router: Router,
  { servers, keys: count = 100_000 }: { servers: number; keys?: number },
): RouterMeasure {
  const keys = Array.from({ length: count }, (_, index) => `key:${index}`);
  const nodes = numberedServers(servers);
  const middle = servers >> 1;
  // It sorts behind the middle one: "cache-5" before "cache-5b".
  const between: RouterNode = { url: `http://cache-${middle}b:4000`, weight: 1 };
  const moved = (after: readonly RouterNode[]) => movesOf(router, nodes, after, keys).length / count;
  const shares = [...sharesOf(router, nodes, keys).values()];
  return {
    servers,
    most: (Math.max(...shares) * servers) / count,
    least: (Math.min(...shares) * servers) / count,
    joinsLast: moved(numberedServers(servers + 1)),
    joinsInTheMiddle: moved([...nodes.slice(0, middle), between, ...nodes.slice(middle)]),
    leavesLast: moved(nodes.slice(0, -1)),
    leavesInTheMiddle: moved(nodes.filter((_, index) => index !== middle - 1)),
  };
}
