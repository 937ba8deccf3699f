/** invalidate, invalidateTag, invalidateTags: keys go to their servers, a prefix and tags to all of them. */
import { ClosedError } from "../../base/errors.js";
import { checked, listOf, nonEmptyText } from "../../base/option-types.js";
import { type DeclaresCall, declareCallOptions, givenOptions } from "../../base/options.js";
import type { Node } from "../nodes/types.js";
import type { ClientState } from "../state.js";
import type { CallOptions, Invalidation, InvalidationCounts } from "../types.js";
import { jsonHeaders } from "../wire/batch-body.js";
import { type BoundCall, callOptions } from "./call-options.js";
import { noteWrite, noteWriteOfAll } from "./operate.js";
import { askJson, numberAt } from "./request.js";

const texts = listOf(checked<string>("a text", (value) => typeof value === "string"));

const invalidation = declareCallOptions({
  keys: texts,
  prefix: nonEmptyText,
  tags: texts,
} satisfies DeclaresCall<Invalidation>);

interface Named {
  readonly keys: readonly string[];
  readonly prefix: string | undefined;
  readonly tags: readonly string[];
}

export async function invalidate(
  state: ClientState,
  what: Invalidation,
  options?: CallOptions,
  where = "invalidate",
): Promise<InvalidationCounts> {
  const { keys = [], prefix, tags = [] } = givenOptions(invalidation, what, where);
  const named = { keys, prefix, tags };
  const call = givenOptions(callOptions, options, where);
  note(state, named);
  try {
    return await send(state, named, call, where);
  } finally {
    note(state, named);
  }
}

export async function invalidateTags(
  state: ClientState,
  tags: readonly string[],
  options: CallOptions | undefined,
  where: string,
): Promise<void> {
  await invalidate(state, { tags }, options, where);
}

async function send(
  state: ClientState,
  { keys, prefix, tags }: Named,
  call: BoundCall,
  where: string,
): Promise<InvalidationCounts> {
  const { cluster } = state;
  if (state.isClosed) throw new ClosedError(where);
  if (cluster.ready !== undefined) await cluster.ready;
  const parts = new Map<Node, readonly string[]>();
  if (prefix !== undefined || tags.length > 0) for (const node of nodesOf(state, call)) parts.set(node, []);
  for (const [node, places] of cluster.split(keys, call.local))
    parts.set(
      node,
      places.map((place) => keys[place]),
    );
  const outcomes = await Promise.allSettled(
    Array.from(parts, ([node, its]) => sendTo(node, { keys: its, prefix, tags }, call, where)),
  );
  const counts = outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  const sum = (name: "keys" | "prefix"): number => counts.reduce((total, each) => total + each[name], 0);
  return { keys: sum("keys"), prefix: sum("prefix"), tags: new Set(tags).size };
}

/** Those that all of it concerns. */
function nodesOf({ cluster }: ClientState, { local }: BoundCall): readonly Node[] {
  return local === undefined ? cluster.nodes : [cluster.nodeOf("", local)];
}

async function sendTo(
  node: Node,
  { keys, prefix, tags }: Named,
  call: BoundCall,
  where: string,
): Promise<InvalidationCounts> {
  const body = JSON.stringify({
    ...(keys.length > 0 && { keys }),
    ...(prefix !== undefined && { prefix }),
    ...(tags.length > 0 && { tags }),
  });
  const request = {
    method: "POST",
    path: "/v1/invalidate",
    headers: jsonHeaders,
    body,
    isRepeatable: true,
  } as const;
  const answer = await askJson(node, request, where, call);
  return {
    keys: numberAt(answer, "keys"),
    prefix: numberAt(answer, "prefix"),
    tags: numberAt(answer, "tags"),
  };
}

function note(state: ClientState, { keys, prefix, tags }: Named): void {
  if (prefix !== undefined) noteWriteOfAll(state);
  for (const key of keys) noteWrite(state, key);
  for (const tag of tags) state.near?.tagInvalidated(tag);
  // A load knows its tags at its end only.
  if (tags.length > 0) state.loading?.writtenAll();
}
