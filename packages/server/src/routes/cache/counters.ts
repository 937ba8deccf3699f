/** POST /cache/incr and /cache/decr `{key, amount?}`: numbers of any kind, exact within 64 bits. */
import { NonNumericValueError } from "stowage";
import type { SharedTable, TableCounterOptions } from "stowage/table";
import type { Exchange } from "../../http/exchange.js";
import type { Route } from "../../http/route.js";
import { Members } from "../../json/members.js";
import { dropIfStale } from "../../stored/index.js";
import { keyTextOf, readBody } from "./body.js";
import { amountAt } from "./numbers.js";

const KEY = 0;
const AMOUNT = 1;
const members = new Members(["key", "amount"]);

export const incrRoute = counterRoute("incr", 1);
export const decrRoute = counterRoute("decr", -1);

function counterRoute(verb: string, sign: 1 | -1): Route {
  return {
    name: `cache_${verb}`,
    method: "POST",
    path: `/cache/${verb}`,
    scope: "write",
    handle(exchange: Exchange, { table }) {
      readBody(exchange, members);
      const { content } = exchange;
      const key = keyTextOf(exchange, members.starts[KEY], members.ends[KEY]);
      const amount = amountAt(content, members.starts[AMOUNT], members.ends[AMOUNT]);
      exchange.reply(200, `{"value":${addTo(table, key, sign < 0 ? -amount : amount)}}`);
    },
  };
}

/** The sum, which JSON writes as JavaScript does. */
export function addTo(
  table: SharedTable,
  key: string,
  amount: number | bigint,
  options?: TableCounterOptions,
): number | bigint {
  try {
    return table.incrExact(key, amount, options);
  } catch (error) {
    // What only leases still see is no value to build on.
    if (!(error instanceof NonNumericValueError) || !dropIfStale(table, key)) throw error;
    return table.incrExact(key, amount, options);
  }
}
