/** GET /openapi.json. */
import { utf8Bytes } from "stowage-http1";
import type { Route } from "../http/route.js";
import { document } from "./document.js";

const body = utf8Bytes(JSON.stringify(document));

export const openapiRoute: Route = {
  name: "openapi",
  method: "GET",
  path: "/openapi.json",
  scope: "read",
  handle: (exchange) => exchange.reply(200, body, "application/json"),
};
