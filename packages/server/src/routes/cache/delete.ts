/** DELETE /cache/delete?key=K: succeeds whether or not it was there. */
import type { Route } from "../../http/route.js";
import { keyParam } from "./key-param.js";
import { SUCCESS } from "./success.js";

export const deleteRoute: Route = {
  name: "cache_delete",
  method: "DELETE",
  path: "/cache/delete",
  scope: "write",
  handle(exchange, { table }) {
    table.delete(keyParam(exchange));
    exchange.replyFixed(SUCCESS);
  },
};
