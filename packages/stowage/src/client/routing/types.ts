/** Which server has which key. */
import type { Node } from "../nodes/types.js";

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
  /** The nodes of a state, as they were given to `init`. */
  nodes(state: State): readonly RouterNode[];
  /** @param key what decides: the part in braces of `{user:1}:posts`, else the whole key */
  route(state: State, key: string): RouterNode;
}

/** All servers of a client. */
export interface Cluster {
  /** Those there are now, in the order given. */
  readonly nodes: readonly Node[];
  /** @param local the url of the server that is wanted, whatever the key
   *  @throws UnknownNodeError */
  nodeOf(key: string, local?: string): Node;
  /** Keys by node, each with its place in the list. */
  split(keys: readonly string[], local?: string): ReadonlyMap<Node, readonly number[]>;
  /** The one node that has all of these. @throws CrossSlotError */
  oneNodeOf(keys: readonly string[], local?: string): Node;
  /** Called after nodes came or went, with the new list. Returns how to stop. */
  onChange(listener: (nodes: readonly Node[]) => void): () => void;
  close(): void;
}
