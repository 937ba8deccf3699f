/**
 * GET /ready: whether new requests should come here. 503 while the server starts, loads its snapshot or drains; it answers
 * other requests then as long as it can. Needs no token: load balancers have none.
 */
import type { Route } from "../../http/route.js";
import type { ServerState } from "../../observe/memory.js";

const reasons: Readonly<Record<Exclude<ServerState, "ready">, string>> = {
  starting: "the server is starting",
  loading: "the server is loading its snapshot",
  draining: "the server is stopping",
};

export const readyRoute: Route = {
  name: "ready",
  method: "GET",
  path: "/ready",
  scope: "open",
  handle(exchange, { fleet }) {
    const status = fleet.state();
    if (status === "ready") exchange.json(200, { status });
    else exchange.json(503, { status, error: reasons[status], code: "not_ready" }, { "retry-after": 1 });
  },
};
