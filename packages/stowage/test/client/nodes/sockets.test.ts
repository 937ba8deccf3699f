/** A node over real sockets, through a proxy that goes wrong: it fails fast, says why, and recovers by itself. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { createNode, type NodeOptions } from "../../../src/client/nodes/create-node.js";
import type { Node, NodeRequest } from "../../../src/client/nodes/types.js";
import { fetchTransport } from "../../../src/client/transport/fetch.js";
import { socketTransport } from "../../../src/client/transport/sockets.js";
import type { CreateTransport } from "../../../src/client/transport/transport.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { ok, ScriptedServer } from "../transport/support/scripted-server.js";

const read: NodeRequest = { method: "GET", path: "/v1/keys/a", isRepeatable: true };
const write: NodeRequest = { method: "POST", path: "/cache/incr/a", isRepeatable: false };

let server: ScriptedServer;
let proxy: FaultProxy;
const nodes: Node[] = [];

beforeEach(async () => {
  server = await ScriptedServer.start(() => ok("fine"));
  proxy = await FaultProxy.start({ port: server.port });
});

afterEach(async () => {
  for (const node of nodes.splice(0)) node.close();
  await proxy.close();
  await server.close();
});

function make(transport: CreateTransport, options: Partial<NodeOptions> = {}): Node {
  const node = createNode({
    url: proxy.url,
    transport,
    timeoutMs: 2_000,
    retries: 2,
    breaker: { failures: 3, cooldownMs: 50 },
    batch: null,
    connections: 4,
    maxPending: 1_000,
    healthEveryMs: 200,
    clock: systemClock,
    ...options,
  });
  nodes.push(node);
  return node;
}

async function nameOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "fine",
    (error: Error) => error.name,
  );
}

describe.each([
  ["sockets", socketTransport()],
  ["fetch", fetchTransport()],
])("over %s", (kind, transport) => {
  it("survives that the server closes the connections it kept", async () => {
    const node = make(transport, { breaker: { failures: 5, cooldownMs: 50 } });
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([1, 2, 3, 4].map(() => nameOf(node.request(read))));
      expect(answers).toEqual(["fine", "fine", "fine", "fine"]);
      if (round % 2 === 0) proxy.reset();
      else proxy.cut();
    }
    expect(node.state).toBe("closed");
  });

  it("fails at once when the server is away, and recovers by itself", async () => {
    const node = make(transport);
    expect(await nameOf(node.request(read))).toBe("fine");
    await proxy.down();
    await expect
      .poll(() => nameOf(node.request(write)).then(() => node.state), { timeout: 5_000 })
      .toBe("open");
    const began = performance.now();
    for (let time = 0; time < 100; time++)
      if (node.state === "open") expect(await nameOf(node.request(read))).toBe("ServerUnavailableError");
    expect(performance.now() - began).toBeLessThan(1_000);
    await proxy.up();
    await expect.poll(() => node.state, { timeout: 10_000 }).toBe("closed");
    expect(await nameOf(node.request(read))).toBe("fine");
  });

  it("does not wait for a connection that is half open longer than the deadline", async () => {
    const node = make(transport, { timeoutMs: 150, breaker: null });
    expect(await nameOf(node.request(read))).toBe("fine");
    proxy.blackhole();
    expect(await nameOf(node.request(read))).toBe("RequestTimeoutError");
    proxy.heal();
    // Runtimes open connections that they do not use at once: one of those may be half open as well.
    if (kind === "fetch")
      await expect.poll(() => nameOf(node.request(read)), { timeout: 5_000 }).toBe("fine");
    expect(await nameOf(node.request(read))).toBe("fine");
  });

  it("takes no part of an answer for the answer", async () => {
    const node = make(transport, { retries: 0, breaker: null });
    const { length } = ok("fine");
    for (const bytes of [1, 12, length - 1]) {
      proxy.cutAfter(bytes);
      expect(await nameOf(node.request(read))).toBe("ServerUnavailableError");
      proxy.heal();
      expect(await nameOf(node.request(read))).toBe("fine");
    }
  });

  it("repeats what a connection in trouble has swallowed, and gives every caller his own answer", async () => {
    await server.close();
    server = await ScriptedServer.start(({ path }) => ok(path));
    await proxy.close();
    proxy = await FaultProxy.start({ port: server.port });
    const node = make(transport, { retries: 10, breaker: null, timeoutMs: 20_000 });
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    proxy.pieces(20);
    for (let round = 0; round < 30; round++) {
      const paths = Array.from({ length: 8 }, (_, at) => `/v1/keys/${round}-${at}`);
      const all = Promise.all(paths.map((path) => node.request({ ...read, path }).then(({ text }) => text)));
      for (let turn = random(6); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
      [() => proxy.reset(), () => proxy.cut(), () => proxy.cutAfter(random(60)), () => 0][random(4)]();
      for (let turn = random(6); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
      proxy.heal();
      proxy.pieces(20);
      expect(await all).toEqual(paths);
    }
    if (kind === "sockets") expect(proxy.connections).toBeLessThanOrEqual(4);
  });
});
