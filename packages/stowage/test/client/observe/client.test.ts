/** A client that is watched and traced, from the call to the request. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client } from "../../../src/client/index.js";
import type { ClientEvent } from "../../../src/client/types.js";
import { FakeServer } from "../support/fake-server.js";
import { inTrace, registerTracing, traceparentOf } from "./tracing-parts.js";

let server: FakeServer;
let client: Client;

beforeEach(() => {
  server = new FakeServer();
});
afterEach(() => client.close());

describe("traces", () => {
  let undo: () => void;
  beforeEach(() => {
    undo = registerTracing();
    client = new Client({ url: "http://a:1", transport: server.transport });
  });
  afterEach(() => undo());

  const traces = () => server.requests.map(({ headers }) => headers.traceparent);

  it("go on in the request of a call", async () => {
    await inTrace(1, () => client.get("a"));
    await client.get("b");
    await inTrace(2, () => client.size());
    expect(traces()).toEqual([traceparentOf(1), undefined, traceparentOf(2)]);
  });

  it("of a batch are those of the call that began it", async () => {
    await Promise.all([inTrace(1, () => client.get("a")), inTrace(2, () => client.get("b"))]);
    expect(traces()).toEqual([traceparentOf(1)]);
    expect(server.batches).toHaveLength(1);
  });

  it("go on when a request is repeated", async () => {
    let failures = 1;
    server.intercept = () => {
      if (failures-- > 0) return { status: 503, header: () => undefined, text: "" };
      return undefined;
    };
    await inTrace(1, () => client.get("a"));
    expect(traces()).toEqual([traceparentOf(1), traceparentOf(1)]);
  });
});

describe("events", () => {
  it("tell of each request, and a listener that throws is no failure of the call", async () => {
    const heard: ClientEvent[] = [];
    client = new Client({
      url: "http://a:1",
      transport: server.transport,
      onEvent(event) {
        heard.push(event);
        throw new Error("mine");
      },
    });
    await Promise.all([client.set("a", 1), client.get("b")]);
    expect(heard).toEqual([
      {
        type: "request",
        node: "http://a:1",
        method: "POST",
        path: "/v1/batch",
        operations: 2,
        status: 200,
        durationMs: expect.any(Number),
        attempt: 1,
      },
    ]);
  });

  it("reach who subscribes to the channels, whoever made the client and when", async () => {
    client = new Client({ url: "http://a:1", transport: server.transport });
    await client.get("a");
    const heard: ClientEvent[] = [];
    const listen = (message: unknown): void => void heard.push(message as ClientEvent);
    subscribe("stowage:client:request", listen);
    subscribe("stowage:client:event", listen);
    try {
      await client.get("a");
      client.setServers(["http://a:1", "http://b:1"]);
    } finally {
      unsubscribe("stowage:client:request", listen);
      unsubscribe("stowage:client:event", listen);
    }
    await client.get("a");
    expect(heard.map(({ type }) => type)).toEqual(["request", "nodes"]);
    expect(heard[1]).toEqual({ type: "nodes", nodes: ["http://a:1", "http://b:1"] });
  });
});
