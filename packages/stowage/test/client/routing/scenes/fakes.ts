/** A cluster over nodes that only note what becomes of them. */
import type { Node } from "../../../../src/client/nodes/types.js";
import { type ClusterParts, createCluster } from "../../../../src/client/routing/cluster.js";
import type { Cluster, Router, RouterNode } from "../../../../src/client/routing/types.js";
import type { ClientEvent, Discovery, ServerAddress } from "../../../../src/client/types.js";
import { FakeClock } from "../../../../src/testing/fake-clock.js";

export interface FakeNode extends Node {
  readonly weight: number;
  closed: number;
}

export interface Setup {
  readonly cluster: Cluster;
  readonly clock: FakeClock;
  /** Every node ever made, in order. */
  readonly made: readonly FakeNode[];
  readonly events: readonly ClientEvent[];
}

export const drainMs = 3_000;

export interface SetupOptions {
  readonly router?: Router;
  /** The url for which no node can be made. */
  readonly fails?: string;
  /** Where to note what was made, for scenes in which no cluster comes about. */
  readonly made?: { url: string; closed: number }[];
  readonly create?: (parts: ClusterParts) => Cluster;
}

export function setup(
  servers: readonly (string | ServerAddress)[] | Discovery,
  { router, fails, made = [], create = createCluster }: SetupOptions = {},
): Setup {
  const clock = new FakeClock();
  const events: ClientEvent[] = [];
  const createNode = (address: RouterNode): Node => {
    if (address.url === fails) throw new Error(`no node for ${address.url}`);
    const node = fakeNode(address);
    made.push(node);
    return node;
  };
  const cluster = create({
    servers,
    createNode,
    clock,
    drainMs,
    ...(router && { router }),
    onEvent: (event) => events.push(event),
  });
  return { cluster, clock, made: made as FakeNode[], events };
}

function fakeNode({ url, weight }: RouterNode): FakeNode {
  const unused = () => Promise.reject(new Error("routing asks nodes nothing"));
  return {
    url,
    weight,
    closed: 0,
    state: "closed",
    operate: unused,
    request: unused,
    open: unused,
    close(this: FakeNode) {
      this.closed++;
    },
  } as unknown as FakeNode;
}

export const urlsOf = (nodes: readonly { url: string }[]): string[] => nodes.map(({ url }) => url);

export const keys: readonly string[] = Array.from({ length: 200 }, (_, index) => `key:${index}`);
