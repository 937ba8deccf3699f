/**
 * The servers of a client: which there are, a Node for each, and which of them has a key.
 *
 * A key stays with its server when that is away: calls for it fail fast until it is back. Were its keys moved to another one
 * meanwhile, the server would come back with what had been changed and deleted in its absence, and give that out. So the
 * list changes only by `setServers` or by what a Discovery finds; a list that is wrong, or that the router does not take,
 * leaves the old one in force. Left out: connections, retries, health, which are the node's.
 */
import { type Clock, systemClock } from "../../base/clock.js";
import { ClosedError, InvalidOptionError } from "../../base/errors.js";
import { CrossSlotError, UnknownNodeError } from "../errors.js";
import type { Node } from "../nodes/types.js";
import type { ClientEvent, Discovery, ServerAddress } from "../types.js";
import { normalUrl, parseAddresses } from "./addresses.js";
import { Search } from "./discovery.js";
import { type Fleet, fleetOf, isSameList, noFleet } from "./fleet.js";
import { routingPart } from "./hash-tag.js";
import { LeavingNodes } from "./leaving.js";
import { inOrder } from "./order.js";
import { ring } from "./routers/ring.js";
import type { Cluster, Router, RouterNode } from "./types.js";

export interface ClusterParts {
  /** The servers, or how to find them. */
  readonly servers: readonly (string | ServerAddress)[] | Discovery;
  /** Called once for each server; the url is in its normal form. */
  readonly createNode: (address: RouterNode) => Node;
  /** Default `ring()`. */
  readonly router?: Router | undefined;
  readonly clock?: Clock | undefined;
  /** Told of each new list (not of the first one of a fixed list), and of searches that failed. Does not throw. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
  /** How long calls to a server that left may go on: the timeout of calls. Milliseconds, default 5,000. */
  readonly drainMs?: number | undefined;
}

/**
 * The cluster of a client.
 *
 * @throws InvalidOptionError: a url or weight that is wrong, or what the router does not take
 */
export function createCluster(parts: ClusterParts): Cluster {
  return new NodeCluster(parts);
}

class NodeCluster implements Cluster {
  readonly #parts: ClusterParts;
  readonly #router: Router;
  readonly #leaving: LeavingNodes;
  readonly #listeners = new Set<(nodes: readonly Node[]) => void>();
  readonly #search: Search | undefined;
  #fleet = noFleet;
  #closed = false;

  constructor(parts: ClusterParts) {
    const { servers, router = ring(), clock = systemClock, drainMs = 5_000 } = parts;
    this.#parts = parts;
    this.#router = router;
    this.#leaving = new LeavingNodes(clock, drainMs);
    if (isDiscovery(servers)) this.#search = this.#searchWith(servers, clock);
    else this.#fleet = this.#fleetOf(parseAddresses(servers, { where: "new Client", option: "urls" }));
  }

  get nodes(): readonly Node[] {
    return this.#fleet.nodes;
  }

  get ready(): Promise<void> | undefined {
    return this.#search?.first;
  }

  nodeOf(key: string, local?: string): Node {
    const fleet = this.#fleet;
    if (local !== undefined) return this.#named(local);
    if (fleet.nodes.length === 1) return fleet.nodes[0];
    if (fleet.nodes.length === 0) throw this.#absent("route");
    return this.#routed(fleet, key);
  }

  split(keys: readonly string[], local?: string): ReadonlyMap<Node, readonly number[]> {
    const places = new Map<Node, number[]>();
    for (let place = 0; place < keys.length; place++) {
      const node = this.nodeOf(keys[place], local);
      const known = places.get(node);
      if (known === undefined) places.set(node, [place]);
      else known.push(place);
    }
    return places;
  }

  oneNodeOf(keys: readonly string[], local?: string, what = "the call"): Node {
    const node = this.nodeOf(keys.length === 0 ? "" : keys[0], local);
    if (keys.every((key) => this.nodeOf(key, local) === node)) return node;
    const split = [...this.split(keys)];
    throw new CrossSlotError(
      what,
      new Map(split.map(([{ url }, places]) => [url, places.map((place) => keys[place])])),
    );
  }

  setServers(servers: readonly (string | ServerAddress)[]): void {
    if (this.#closed) throw new ClosedError("setServers");
    if (this.#search !== undefined)
      throw InvalidOptionError.conflict(
        "setServers",
        ["discover"],
        "the servers are those that discover finds",
      );
    this.#replace(parseAddresses(servers, { where: "setServers", option: "servers" }));
  }

  onChange(listener: (nodes: readonly Node[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    const { byUrl } = this.#fleet;
    this.#fleet = noFleet;
    this.#listeners.clear();
    this.#search?.close();
    this.#leaving.closeAll();
    for (const node of byUrl.values()) node.close();
  }

  #named(local: string): Node {
    const { byUrl } = this.#fleet;
    const node = byUrl.get(local) ?? byUrl.get(normalUrl(local) ?? local);
    if (node !== undefined) return node;
    if (byUrl.size === 0) throw this.#absent("local");
    throw new UnknownNodeError("local", local, [...byUrl.keys()]);
  }

  #routed({ byUrl, state }: Fleet, key: string): Node {
    const chosen: RouterNode | undefined = this.#router.route(state, routingPart(key));
    const node = byUrl.get(chosen?.url);
    if (node !== undefined) return node;
    throw new UnknownNodeError(`the router ${this.#router.name}`, String(chosen?.url), [...byUrl.keys()]);
  }

  #absent(what: string): Error {
    return this.#closed || this.#search === undefined
      ? new ClosedError(what)
      : this.#search.unavailable(what);
  }

  #searchWith(discovery: Discovery, clock: Clock): Search {
    return new Search({
      discovery,
      clock,
      found: (servers) => {
        // The order in which a name service names servers means nothing, and is not the same for all who ask.
        this.#replace(inOrder(parseAddresses(servers, { where: "discover", option: "find()" })));
      },
      failed: (error) => this.#tell({ type: "fault", error }),
    });
  }

  /** All that may throw comes first. */
  #replace(addresses: readonly RouterNode[]): void {
    const before = this.#fleet;
    if (isSameList(before.addresses, addresses)) return;
    const fleet = this.#fleetOf(addresses);
    this.#fleet = fleet;
    for (const { url } of addresses) this.#leaving.takeBack(url);
    for (const [url, node] of before.byUrl) if (!fleet.byUrl.has(url)) this.#leaving.add(url, node);
    for (const listener of [...this.#listeners]) this.#call(listener, fleet.nodes);
    this.#tell({ type: "nodes", nodes: [...fleet.byUrl.keys()] });
  }

  #fleetOf(addresses: readonly RouterNode[]): Fleet {
    return fleetOf(addresses, {
      router: this.#router,
      createNode: this.#parts.createNode,
      known: (url) => this.#fleet.byUrl.get(url) ?? this.#leaving.get(url),
    });
  }

  /** One that throws must not keep the others from hearing it. */
  #call(listener: (nodes: readonly Node[]) => void, nodes: readonly Node[]): void {
    try {
      listener(nodes);
    } catch (error) {
      this.#tell({ type: "fault", error });
    }
  }

  #tell(event: ClientEvent): void {
    this.#parts.onEvent?.(event);
  }
}

function isDiscovery(servers: ClusterParts["servers"]): servers is Discovery {
  return !Array.isArray(servers);
}
