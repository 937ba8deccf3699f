/** Calls that concern more than one server: asked at once, answered together. */
import type { Node } from "../nodes/types.js";
import type { Cluster } from "./types.js";

/**
 * `ask` of every server, or of the one named `local`; the answers in the order of `cluster.nodes`. Waits for all of them
 * before it fails, so that nothing is left running behind a rejection; then with the first failure, since a sum that
 * lacks a server is no sum.
 */
export async function everyNode<T>(
  cluster: Cluster,
  ask: (node: Node) => Promise<T>,
  local?: string,
): Promise<T[]> {
  if (cluster.ready !== undefined) await cluster.ready;
  const one = cluster.nodeOf("", local); // throws where no server is known, or none of that name
  return allOf(local === undefined ? cluster.nodes.map((node) => ask(node)) : [ask(one)]);
}

async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
