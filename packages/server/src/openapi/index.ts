/** GET /openapi.json. */
import { utf8Bytes } from "stowage-http1";
import type { Route } from "../http/route.js";
import { document } from "./document.js";

/** Made when it is first asked for: most workers never are. */
let body: string | undefined;

export const openapiRoute: Route = {
  name: "openapi",
  method: "GET",
  path: "/openapi.json",
  scope: "read",
  handle(exchange) {
    body ??= utf8Bytes(JSON.stringify(document));
    exchange.reply(200, body, "application/json");
  },
};
