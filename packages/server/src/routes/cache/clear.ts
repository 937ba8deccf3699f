/** POST /cache/clear: removes everything, says how much. Whatever body comes is not looked at. */
import { Fault } from "../../http/fault.js";
import type { Route } from "../../http/route.js";

export const clearRoute: Route = {
  name: "cache_clear",
  method: "POST",
  path: "/cache/clear",
  scope: "admin",
  handle(exchange, { table }) {
    if (exchange.principal.prefixes !== null) {
      throw new Fault(
        403,
        "forbidden_key",
        "this token does not reach all keys; POST /v1/invalidate removes those of a prefix",
      );
    }
    exchange.reply(200, `{"success":true,"cleared":${table.clear()}}`);
  },
};
