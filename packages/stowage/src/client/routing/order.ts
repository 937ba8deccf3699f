/**
 * The order of servers where a router numbers them: by url, with numbers in it compared as numbers.
 *
 * Processes are given the same servers in different orders, and have to give them the same numbers all the same. With
 * numbers compared as numbers, `cache-10` comes behind `cache-9`: the next server of a numbered row stands at the end.
 */
import type { RouterNode } from "./types.js";

/** Of a port or a counter in a name; longer ones are compared as text. */
const digitsMax = 20;

/** The same servers in the order of their urls, each run of digits filled up with zeros from the left to 20 digits. */
export function inOrder(nodes: readonly RouterNode[]): readonly RouterNode[] {
  const ranked = nodes.map((node) => ({ node, rank: rankOf(node.url) }));
  ranked.sort((a, b) => compare(a.rank, b.rank) || compare(a.node.url, b.node.url));
  return Object.freeze(ranked.map(({ node }) => node));
}

function rankOf(url: string): string {
  return url.replace(/\d+/g, (run) => run.padStart(digitsMax, "0"));
}

/** By UTF-16 units, whatever the language of the machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
