/** Which server has which key. */
import type { Node } from "../nodes/types.js";
import type { ServerAddress } from "../types.js";

/** A server as a router sees it. */
export interface RouterNode {
  readonly url: string;
  /** 1, if the user said nothing. */
  readonly weight: number;
}

/**
 * Picks a server for a key; Cachex's router behaviour. Pure: the same nodes and the same key give the same answer in every
 * process. `State` is whatever `init` makes of a list of nodes; it is made anew when the list changes.
 */
export interface Router<State = unknown> {
  readonly name: string;
  init(nodes: readonly RouterNode[]): State;
  /**
   * The nodes that `route` chooses from, of those given to `init`: whom calls ask that concern all servers (size, keys, scan,
   * clear, stats). All of them, unless the router leaves some to calls with `local`.
   */
  nodes(state: State): readonly RouterNode[];
  /** @param key what decides: the part in braces of `{user:1}:posts`, else the whole key */
  route(state: State, key: string): RouterNode;
}

/** All servers of a client. */
export interface Cluster {
  /** Those that the router chooses from now (Router.nodes), in the order given; those of a Discovery by url. */
  readonly nodes: readonly Node[];
  /**
   * Undefined as soon as servers are known, which with a fixed list is always: nothing to wait for. While a Discovery looks
   * for the first time, a promise to wait for before anything else is asked of the cluster.
   *
   * @throws ServerUnavailableError (by rejecting) when it finds none
   */
  readonly ready: Promise<void> | undefined;
  /** @param local the url of the server that is wanted, whatever the key
   *  @throws UnknownNodeError; ServerUnavailableError while no server is known */
  nodeOf(key: string, local?: string): Node;
  /** Keys by node, each with its place in the list. */
  split(keys: readonly string[], local?: string): ReadonlyMap<Node, readonly number[]>;
  /** The one node that has all of these. @param what needs them there, for the error. @throws CrossSlotError */
  oneNodeOf(keys: readonly string[], local?: string, what?: string): Node;
  /**
   * The servers from now on, in place of those before. A server that stays keeps its node; one that goes is left the time to
   * answer what it was asked. @throws InvalidOptionError: nothing has changed then
   */
  setServers(servers: readonly (string | ServerAddress)[]): void;
  /** Called after nodes came or went, with the new list. Returns how to stop. */
  onChange(listener: (nodes: readonly Node[]) => void): () => void;
  close(): void;
}
