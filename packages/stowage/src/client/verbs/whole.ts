/** Verbs about all entries of all servers: size, clear, stats, health. */

import { givenOptions } from "../../base/options.js";
import type { Node } from "../nodes/types.js";
import type { ClientState } from "../state.js";
import type { CallOptions, NodeHealth, ServerStats } from "../types.js";
import { type BoundCall, callOptions } from "./call-options.js";
import { noteWriteOfAll } from "./operate.js";
import { askEach, askJson, numberAt, objectAt } from "./request.js";

type Body = Record<string, unknown>;

export async function size(state: ClientState, options?: CallOptions): Promise<number> {
  const bodies = await askStats(state, "size", options);
  return sum(bodies, (body) => numberAt(body, "size"));
}

/** How many entries there were. */
export async function clear(state: ClientState, options?: CallOptions): Promise<number> {
  const call = givenOptions(callOptions, options, "clear");
  const request = { method: "POST", path: "/cache/clear", isRepeatable: true } as const;
  noteWriteOfAll(state);
  try {
    const bodies = await askEach(state, "clear", call, (node) => askJson(node, request, "clear", call));
    return sum(bodies, (body) => numberAt(body, "cleared"));
  } finally {
    noteWriteOfAll(state);
  }
}

export async function stats(state: ClientState, options?: CallOptions): Promise<ServerStats> {
  const nodes = new Map<string, Body>();
  const bodies = await askStats(state, "stats", options, (node, body) => nodes.set(node.url, body));
  const total = (name: string): number => sum(bodies, (body) => numberAt(objectAt(body, "stats"), name));
  const memory = (name: string): number => sum(bodies, (body) => numberAt(objectAt(body, "memory"), name));
  const hits = total("hits");
  const misses = total("misses");
  return {
    size: sum(bodies, (body) => numberAt(body, "size")),
    hits,
    misses,
    hitRate: hits + misses === 0 ? 0 : hits / (hits + misses),
    writes: total("writes"),
    deletes: total("deletes"),
    evictions: total("evictions"),
    expirations: total("expirations"),
    memoryBytes: memory("total"),
    memoryUsedBytes: memory("used"),
    nodes,
  };
}

/** Never rejects because of a server: what is wrong with it is what was asked for. */
export async function health(state: ClientState, options?: CallOptions): Promise<NodeHealth[]> {
  const call = givenOptions(callOptions, options, "health");
  return askEach(state, "health", call, (node) => healthOf(state, node, call));
}

async function healthOf(
  { options: { clock } }: ClientState,
  node: Node,
  call: BoundCall,
): Promise<NodeHealth> {
  const { url } = node;
  const startMs = clock.now();
  try {
    await askJson(node, { method: "GET", path: "/health", isRepeatable: true }, "health", call);
    return { url, healthy: true, durationMs: clock.now() - startMs };
  } catch (error) {
    if (call.signal?.aborted) throw error; // the caller gave up: it says nothing of the server
    return { url, healthy: false, durationMs: clock.now() - startMs, error };
  }
}

async function askStats(
  state: ClientState,
  what: string,
  options: CallOptions | undefined,
  each: (node: Node, body: Body) => void = () => {},
): Promise<Body[]> {
  const call = givenOptions(callOptions, options, what);
  const request = { method: "GET", path: "/cache/stats", isRepeatable: true } as const;
  return askEach(state, what, call, async (node) => {
    const body = await askJson(node, request, what, call);
    each(node, body);
    return body;
  });
}

function sum(bodies: readonly Body[], of: (body: Body) => number): number {
  return bodies.reduce((total, body) => total + of(body), 0);
}
