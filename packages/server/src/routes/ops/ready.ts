/**
 * GET /ready: whether new requests should come here. 503 while the server starts, loads its snapshot or drains, and of a fleet until L2
 * has answered once; it answers other requests then as long as it can. Needs no token: load balancers have none.
 *
 * That L2 is away later makes nobody unready: it is away for all replicas alike, and none would be left to answer.
 */
import type { Route } from "../../http/route.js";
import type { ServerState } from "../../observe/memory.js";

type Unready = Exclude<ServerState, "ready"> | "connecting";

const reasons: Readonly<Record<Unready, string>> = {
  connecting: "the server has not reached L2 yet",
  starting: "the server is starting",
  loading: "the server is loading its snapshot",
  draining: "the server is stopping",
};

export const readyRoute: Route = {
  name: "ready",
  method: "GET",
  path: "/ready",
  scope: "open",
  handle(exchange, { fleet, l2Figures }) {
    const state = fleet.state();
    const status = state === "ready" && l2Figures()?.reached === 0 ? "connecting" : state;
    if (status === "ready") exchange.json(200, { status });
    else exchange.json(503, { status, error: reasons[status], code: "not_ready" }, { "retry-after": 1 });
  },
};
