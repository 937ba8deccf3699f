/** A node over a fake transport, and time that stands still until a scene lets it pass. */
import assert from "node:assert/strict";
import { createNode, type NodeOptions } from "../../../../src/client/nodes/create-node.js";
import type { Node, NodeRequest } from "../../../../src/client/nodes/types.js";
import type { TransportRequest } from "../../../../src/client/transport/transport.js";
import type { ClientEvent } from "../../../../src/client/types.js";
import { FakeClock, settle } from "../../../../src/testing/fake-clock.js";
import { FakeTransport, type Reply } from "./fake-transport.js";

export const URL = "http://cache:4000";
export const read: NodeRequest = { method: "GET", path: "/v1/keys/a", isRepeatable: true };
export const count: NodeRequest = { method: "POST", path: "/cache/incr/a", isRepeatable: false };

export interface Stage {
  readonly node: Node;
  readonly transport: FakeTransport;
  readonly clock: FakeClock;
  readonly events: ClientEvent[];
}

export function stage(
  reply: (request: TransportRequest, count: number) => Reply,
  options: Partial<NodeOptions> = {},
): Stage {
  const clock = options.clock === undefined ? new FakeClock() : (options.clock as FakeClock);
  const transport = new FakeTransport(() => clock.now(), reply);
  const events: ClientEvent[] = [];
  const node = createNode({
    url: URL,
    transport: () => transport,
    timeoutMs: 5_000,
    retries: 2,
    breaker: { failures: 5, cooldownMs: 1_000 },
    batch: { max: 1_000, maxBytes: 1_000_000 },
    connections: 4,
    maxPending: 10,
    healthEveryMs: 5_000,
    clock,
    random: () => 1,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { node, transport, clock, events };
}

export type Outcome<T> = { readonly value: T } | { readonly error: unknown } | undefined;

/** What becomes of a promise, as far as it is known. */
export function watch<T>(promise: Promise<T>): { readonly outcome: Outcome<T> } {
  const watched: { outcome: Outcome<T> } = { outcome: undefined };
  promise.then(
    (value) => {
      watched.outcome = { value };
    },
    (error: unknown) => {
      watched.outcome = { error };
    },
  );
  return watched;
}

/** The error with which it has failed by now; its class is told by its name. */
export async function failed<E extends Error>(
  watched: { readonly outcome: Outcome<unknown> },
  name: string,
): Promise<E> {
  await settle();
  const { outcome } = watched;
  assert(outcome !== undefined, `it has not failed yet; ${name} was expected`);
  assert("error" in outcome, `it did not fail; ${name} was expected`);
  assert.equal((outcome.error as Error).name, name, String(outcome.error));
  return outcome.error as E;
}

export async function succeeded<T>(watched: { readonly outcome: Outcome<T> }): Promise<T> {
  await settle();
  const { outcome } = watched;
  assert(outcome !== undefined, "it has not succeeded yet");
  assert("value" in outcome, `it failed: ${"error" in outcome && String(outcome.error)}`);
  return outcome.value;
}

export async function pending(watched: { readonly outcome: Outcome<unknown> }): Promise<void> {
  await settle();
  assert.equal(watched.outcome, undefined, "it is over too early");
}

/** Makes so many requests, one after the other, that fail. */
export async function failTimes({ node }: Stage, times: number, request: NodeRequest = count): Promise<void> {
  for (let time = 0; time < times; time++) await node.request(request).catch(() => undefined);
}
