/** GET /health: the process lives. Lix's answer; needs no token. */
import type { Route } from "../../http/route.js";

export const healthRoute: Route = {
  name: "health",
  method: "GET",
  path: "/health",
  scope: "open",
  handle(exchange) {
    exchange.reply(200, '{"status":"healthy"}');
  },
};
