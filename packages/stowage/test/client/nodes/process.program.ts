/** A program that uses a node, for process.test.ts: what keeps a process alive, and what does not. */
import { systemClock } from "../../../src/base/clock.js";
import { createNode } from "../../../src/client/nodes/create-node.js";
import { socketTransport } from "../../../src/client/transport/sockets.js";

const [, , url, what] = process.argv;
const node = createNode({
  url,
  transport: socketTransport(),
  timeoutMs: 5_000,
  retries: 2,
  breaker: { failures: 5, cooldownMs: 1_000 },
  batch: { max: 100, maxBytes: 100_000 },
  connections: 4,
  maxPending: 100,
  healthEveryMs: 5_000,
  clock: systemClock,
  random: () => 0.99,
});
const request = { method: "GET", path: "/", isRepeatable: true } as const;

if (what === "idle") {
  console.log((await node.request(request)).text);
} else if (what === "follow") {
  const stream = await node.open({ ...request, path: "/events" });
  console.log(stream.status);
  void (async () => {
    for await (const piece of stream.pieces) console.log(piece);
  })();
} else if (what === "retry") {
  // Nothing but the pauses between attempts is there to wait for.
  await node.request(request).catch((error: Error) => console.log(error.name));
}
