/**
 * GET /cache/scan of a fleet: what L2 has, so what all servers have. Its pages end where those of Redis do: `limit` is about how many,
 * and a cursor is a text that means something to L2 alone.
 */

import { utf8Bytes } from "stowage-http1";
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { isCursor, type Listed, pageOf, type Tier } from "../../l2/index.js";
import { isStale, jsonOf } from "../../stored/index.js";
import { prefixOf, wholeOf } from "../cache/scan.js";
import { tierOf } from "./entry.js";

interface Walk {
  readonly prefix: string;
  readonly keysOnly: boolean;
  /** Null: all. */
  readonly limit: number | null;
  /** Whether the answer says where the next page begins. */
  readonly isPaged: boolean;
  cursor: string | null;
  isBegun: boolean;
  count: number;
}

export async function scan(exchange: Exchange, context: WorkerContext): Promise<void> {
  const tier = tierOf(context);
  const walk = walkOf(exchange);
  const first = `{"${walk.keysOnly ? "keys" : "items"}":[${await nextPage(tier, walk)}`;
  if (isOver(walk)) return exchange.reply(200, first + ending(walk));
  exchange.beginParts(200);
  await exchange.part(first);
  while (!isOver(walk) && exchange.head.method !== "HEAD") await exchange.part(await nextPage(tier, walk));
  await exchange.part(ending(walk));
  exchange.endParts();
}

function walkOf(exchange: Exchange): Walk {
  const cursor = exchange.param("cursor") || null;
  if (cursor !== null && !isCursor(cursor) && cursor !== "0")
    throw new Fault(400, "invalid_cursor", "cursor must be what the page before said");
  const limit = wholeOf(exchange, "limit", 1, "how many entries to list, about");
  return {
    prefix: prefixOf(exchange.principal, exchange.param("prefix") ?? ""),
    keysOnly: exchange.param("keys_only") === "true",
    limit,
    isPaged: limit !== null || cursor !== null,
    cursor: cursor === "0" ? null : cursor,
    isBegun: false,
    count: 0,
  };
}

function isOver({ cursor, isBegun, limit, count }: Walk): boolean {
  return (isBegun && cursor === null) || (limit !== null && count >= limit);
}

async function nextPage(tier: Tier, walk: Walk): Promise<string> {
  const page = await pageOf(tier, walk.prefix, walk.cursor, !walk.keysOnly);
  walk.isBegun = true;
  walk.cursor = page.cursor;
  let text = "";
  for (const listed of page.entries) {
    const item = itemText(listed, walk.keysOnly);
    if (item !== "") text += walk.count++ === 0 ? item : `,${item}`;
  }
  return text;
}

/** Empty: it is not listed, as it is stale. */
function itemText({ key, found }: Listed, keysOnly: boolean): string {
  const name = utf8Bytes(JSON.stringify(key));
  const { flags, bytes, leftMs, graceMs } = found;
  if (graceMs > 0 && leftMs <= graceMs) return "";
  if (keysOnly) return name;
  if (isStale(flags, bytes, 0, bytes.length, leftMs)) return "";
  const json = jsonOf(flags, bytes, 0, bytes.length, leftMs);
  return json === undefined || json === null
    ? `{"key":${name},"value":null,"error":"not_json"}`
    : `{"key":${name},"value":${json}}`;
}

function ending({ isPaged, cursor, count }: Walk): string {
  const next = cursor === null ? "null" : `"${cursor}"`;
  return isPaged ? `],"count":${count},"cursor":${next}}` : `],"count":${count}}`;
}
