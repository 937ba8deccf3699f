/** POST /cache/set `{key, value, ttl?}`: the value is stored as the JSON text that came. */
import { Fault } from "../../http/fault.js";
import type { Route } from "../../http/route.js";
import { Members } from "../../json/members.js";
import { keyOf, readBody } from "./body.js";
import { ttlAt } from "./numbers.js";
import { SUCCESS } from "./success.js";

const KEY = 0;
const VALUE = 1;
const TTL = 2;
const members = new Members(["key", "value", "ttl"]);

export const setRoute: Route = {
  name: "cache_set",
  method: "POST",
  path: "/cache/set",
  scope: "write",
  handle(exchange, { table }) {
    readBody(exchange, members);
    const { content } = exchange;
    const { starts, ends } = members;
    const key = keyOf(exchange, starts[KEY], ends[KEY]);
    if (starts[VALUE] < 0)
      throw new Fault(400, "missing_value", "value is missing; it may be any JSON value");
    const ttl = ttlAt(content, starts[TTL], ends[TTL]);
    table.set(key, content.subarray(starts[VALUE], ends[VALUE]), ttl === undefined ? undefined : { ttl });
    exchange.replyFixed(SUCCESS);
  },
};
