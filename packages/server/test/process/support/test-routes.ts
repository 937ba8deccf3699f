/** Routes that do to a worker what a test wants to see it survive, and those that say which worker it was. */
import type { Exchange } from "../../../src/http/exchange.js";
import type { Route } from "../../../src/http/route.js";

const route = (name: string, handle: Route["handle"]): Route => ({
  name: `test_${name}`,
  method: "GET",
  path: `/test/${name}`,
  scope: "open",
  handle,
});

export const testRoutes: readonly Route[] = [
  route("worker", (exchange, { worker }) => exchange.json(200, { worker })),

  /** The event loop stands still, once the key `hangs` is there. */
  route("hang", (_, { table }) => {
    table.set("hangs", "1");
    for (;;) Math.random();
  }),

  /** An error outside of any request. */
  route("crash", (exchange) => {
    setImmediate(() => {
      throw new Error("as it should");
    });
    exchange.json(200, {});
  }),

  /** More than any heap. */
  route("heap", (exchange) => {
    const all: number[][] = [];
    for (;;) all.push(new Array(10_000).fill(exchange.status));
  }),

  /** Answers when the key `go` is there. */
  route("wait", async (exchange, { table, worker }) => {
    table.incr("waiting");
    await until(() => table.has("go"));
    exchange.json(200, { worker, waited: true });
  }),

  /** Never answers, but ends with the worker's work as event streams do. */
  route("stream", (exchange, { stopping }) => {
    exchange.stream(200, "text/event-stream");
    return new Promise((resolve) => {
      stopping.addEventListener("abort", () => {
        exchange.connection.send("event: end\n\n");
        resolve();
      });
    });
  }),

  /** More than fits into the system's buffers. */
  route("large", (exchange: Exchange) => exchange.reply(200, "x".repeat(30_000_000), "text/plain")),
];

function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isSo()) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
}
