/** GET /metrics, for Prometheus. Names of routes and what the cache holds are nobody's business but an admin's. */
import { utf8Bytes } from "stowage-http1";
import type { Route } from "../../http/route.js";
import { EXPOSITION_TYPE } from "../../observe/exposition.js";
import { metricsText } from "./figures.js";

export const metricsRoute: Route = {
  name: "metrics",
  method: "GET",
  path: "/metrics",
  scope: "admin",
  handle(exchange, context) {
    exchange.reply(200, utf8Bytes(metricsText(context)), EXPOSITION_TYPE);
  },
};
