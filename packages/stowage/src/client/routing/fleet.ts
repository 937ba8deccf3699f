/** What servers there are at one time, in one frozen record: it is made anew, and swapped as a whole, when they change. */
import { InvalidOptionError } from "../../base/errors.js";
import type { Node } from "../nodes/types.js";
import type { Router, RouterNode } from "./types.js";

export interface Fleet {
  readonly addresses: readonly RouterNode[];
  /** Those that the router chooses from, in the order given. */
  readonly nodes: readonly Node[];
  /** All of them: also those that only calls with `local` go to. */
  readonly byUrl: ReadonlyMap<string, Node>;
  /** The router's. */
  readonly state: unknown;
}

export const noFleet: Fleet = Object.freeze({
  addresses: Object.freeze([]),
  nodes: Object.freeze([]),
  byUrl: new Map(),
  state: undefined,
});

export interface FleetParts {
  readonly router: Router;
  readonly createNode: (address: RouterNode) => Node;
  /** The node that there is for a url already. */
  readonly known: (url: string) => Node | undefined;
}

/**
 * A node for each address: the one there is, or a new one.
 *
 * @throws whatever the router or `createNode` throws; nodes made until then are closed again
 */
export function fleetOf(addresses: readonly RouterNode[], parts: FleetParts): Fleet {
  const state = parts.router.init(addresses);
  const routed = routedUrls(parts.router, state, addresses);
  const made: Node[] = [];
  try {
    const byUrl = new Map<string, Node>();
    for (const address of addresses)
      byUrl.set(address.url, parts.known(address.url) ?? make(address, parts, made));
    const nodes = addresses.filter(({ url }) => routed.has(url)).map(({ url }) => byUrl.get(url) as Node);
    return Object.freeze({ addresses, nodes: Object.freeze(nodes), byUrl, state });
  } catch (error) {
    for (const node of made) node.close();
    throw error;
  }
}

/** Whether a list says the same as the one there is. */
export function isSameList(before: readonly RouterNode[], after: readonly RouterNode[]): boolean {
  if (before.length !== after.length) return false;
  return before.every(({ url, weight }, index) => url === after[index].url && weight === after[index].weight);
}

function make(address: RouterNode, { createNode }: FleetParts, made: Node[]): Node {
  const node = createNode(address);
  made.push(node);
  return node;
}

/** The urls of the nodes that a router says it chooses from. */
function routedUrls(router: Router, state: unknown, addresses: readonly RouterNode[]): ReadonlySet<string> {
  const given = new Set(addresses.map(({ url }) => url));
  const urls = router.nodes(state).map(({ url }) => url);
  if (urls.length > 0 && urls.every((url) => given.has(url))) return new Set(urls);
  const expected = `a router whose nodes() are of those that init() was given, not ${urls.join(", ") || "none"}`;
  throw new InvalidOptionError({ where: "new Client", option: "router", received: router.name, expected });
}
