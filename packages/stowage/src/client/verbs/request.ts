/** Requests that are no operations of a batch: their bodies and answers are JSON. */
import { ClosedError } from "../../base/errors.js";
import { ServerRefusedError } from "../errors.js";
import type { Node, NodeRequest } from "../nodes/types.js";
import { everyNode } from "../routing/every-node.js";
import type { ClientState } from "../state.js";
import type { TransportResponse } from "../transport/transport.js";
import { refusedError } from "../wire/batch-body.js";
import { type BoundCall, nodeOptions } from "./call-options.js";

/**
 * What a server answers.
 *
 * @param what for errors: `scan "user:"`
 * @throws ServerRefusedError where the answer is not 200, or no JSON object
 */
export async function askJson(
  node: Node,
  request: NodeRequest,
  what: string,
  call: BoundCall,
): Promise<Record<string, unknown>> {
  const response = await node.request(request, nodeOptions(call));
  if (response.status !== 200) throw refusedError(node.url, what, response);
  return jsonIn(response, node.url, what);
}

/** The same of every server, or of the one that the call names. */
export async function askEach<T>(
  state: ClientState,
  what: string,
  call: BoundCall,
  ask: (node: Node) => Promise<T>,
): Promise<T[]> {
  if (state.isClosed) throw new ClosedError(what);
  return everyNode(state.cluster, ask, call.local);
}

function jsonIn(response: TransportResponse, node: string, what: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(response.text);
  } catch {
    // said below
  }
  if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  const said = "what is no JSON object; is this a Stowage server, or a proxy that answers for it?";
  throw new ServerRefusedError({ node, what }, { status: response.status, said });
}

export function numberAt(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = body[name];
  return typeof value === "number" ? value : 0;
}

export function objectAt(body: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = body[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
