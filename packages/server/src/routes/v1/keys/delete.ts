/** DELETE /v1/keys/{key}. A load that is under way is overtaken by it even where there is no entry: its fill is refused. */
import type { SharedTable } from "stowage/table";
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { readFresh } from "./entry.js";
import { type Conditions, conditionsOf, judge } from "./etag.js";
import { keyOf } from "./key.js";
import { preconditionFailed } from "./outcome.js";

export function deleteKey(exchange: Exchange, { table }: WorkerContext): void {
  const key = keyOf(exchange);
  const conditions = conditionsOf(exchange.head);
  const deleted = conditions === undefined ? table.delete(key) : deleteIf(table, key, conditions);
  if (deleted) exchange.empty(204);
  else exchange.notFound();
}

function deleteIf(table: SharedTable, key: string, conditions: Conditions): boolean {
  for (;;) {
    const entry = readFresh(table, key);
    // Conditions don't count where the answer would be 404 without them (RFC 9110 13.2.1).
    if (entry === undefined) return false;
    if (judge(conditions, entry.version) !== "pass") throw preconditionFailed(entry.version);
    if (table.deleteIf(key, entry.version)) return true;
  }
}
