/**
 * GET /cache/scan: keys, or keys and values, that begin with a prefix.
 *
 * The index is walked in slices of some thousand entries, with a turn of the event loop between them, and what was found
 * goes out as it is found: neither other requests wait for a long scan, nor does its answer stand in memory as a whole.
 * An answer of one slice, which is nearly every one, goes out in one piece with its length.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ScannedEntry, SharedTable } from "stowage/table";
import { mayTouch, type Principal } from "../../access/types.js";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import type { Route } from "../../http/route.js";
import { quoted, quotedText } from "../../json/quote.js";
import { isListed, jsonOf } from "../../stored/index.js";

/** Entries that are looked at before others get their turn: a millisecond or two. */
const SLICE = 2_000;
/** And so much is found. */
const SLICE_BYTES = 256 * 1_024;
/** Entries that are read at a time. Values may be long: fewer of them are held at once. */
const PAGE = 500;
const PAGE_WITH_VALUES = 32;
const LIMIT_MAX = 1_000_000_000;

interface Query {
  readonly prefix: string;
  readonly keysOnly: boolean;
  /** Null: all. */
  readonly limit: number | null;
  readonly cursor: number | null;
}

/** A scan on its way. */
interface Walk {
  readonly table: SharedTable;
  readonly query: Query;
  /** Where the next slice begins; null: that was the last one. */
  cursor: number | null;
  count: number;
}

export const scanRoute: Route = {
  name: "cache_scan",
  method: "GET",
  path: "/cache/scan",
  scope: "read",
  handle(exchange, { table }) {
    const query = queryOf(exchange);
    const walk: Walk = { table, query, cursor: query.cursor ?? 0, count: 0 };
    const first = beginning(query) + nextSlice(walk);
    if (isOver(walk)) return exchange.reply(200, first + ending(walk));
    return goOn(exchange, walk, first);
  },
};

async function goOn(exchange: Exchange, walk: Walk, first: string): Promise<void> {
  exchange.beginParts(200);
  await exchange.part(first);
  // To a HEAD nothing that is found would be sent.
  while (!isOver(walk) && exchange.head.method !== "HEAD") {
    await nextTurn();
    await exchange.part(nextSlice(walk));
  }
  await exchange.part(ending(walk));
  exchange.endParts();
}

function isOver({ query, cursor, count }: Walk): boolean {
  return cursor === null || (query.limit !== null && count >= query.limit);
}

function nextSlice(walk: Walk): string {
  const page = walk.query.keysOnly ? PAGE : PAGE_WITH_VALUES;
  let text = "";
  for (let seen = 0; !isOver(walk) && seen < SLICE && text.length < SLICE_BYTES; seen += page)
    text += nextPage(walk, page);
  return text;
}

function nextPage(walk: Walk, visit: number): string {
  const { table, query } = walk;
  const { prefix, keysOnly } = query;
  const limit = query.limit === null ? visit : Math.min(visit, query.limit - walk.count);
  const page = table.scan({ prefix, cursor: walk.cursor, limit, visit, values: !keysOnly });
  walk.cursor = page.cursor;
  let text = "";
  for (const entry of page.entries) {
    const item = keysOnly ? keyText(table, entry) : itemText(table, entry);
    if (item === "") continue;
    text += walk.count++ === 0 ? item : `,${item}`;
  }
  return text;
}

/** Empty: it is not listed. */
function keyText(table: SharedTable, { key, flags }: ScannedEntry): string {
  return flags === 0 || isListed(table, key, flags) ? quoted(key) : "";
}

function itemText(table: SharedTable, { key, value, flags }: ScannedEntry): string {
  const bytes = value!;
  if (flags === 0) return `{"key":${quoted(key)},"value":${bytes.latin1Slice()}}`;
  if (!isListed(table, key, flags)) return "";
  const json = jsonOf(flags, bytes, 0, bytes.length, null);
  return json === undefined || json === null
    ? `{"key":${quoted(key)},"value":null,"error":"not_json"}`
    : `{"key":${quoted(key)},"value":${json}}`;
}

function beginning({ keysOnly }: Query): string {
  return keysOnly ? '{"keys":[' : '{"items":[';
}

/** Pages say where the next one begins; an answer without a limit is what Lix's is. */
function ending({ query, cursor, count }: Walk): string {
  const paged = query.limit !== null || query.cursor !== null;
  const next = cursor === null ? "null" : quotedText(String(cursor));
  return paged ? `],"count":${count},"cursor":${next}}` : `],"count":${count}}`;
}

function queryOf(exchange: Exchange): Query {
  return {
    prefix: prefixOf(exchange.principal, exchange.param("prefix") ?? ""),
    keysOnly: exchange.param("keys_only") === "true",
    limit: wholeOf(exchange, "limit", 1, "how many entries to list, about"),
    cursor: wholeOf(exchange, "cursor", 0, "what the page before said"),
  };
}

/** A token that reaches some keys only sees these. */
export function prefixOf(principal: Principal, prefix: string): string {
  if (mayTouch(principal, prefix)) return prefix;
  const { prefixes } = principal;
  if (prefix === "" && prefixes?.length === 1) return prefixes[0];
  throw new Fault(403, "forbidden_key", "the prefix must begin with one that this token reaches");
}

export function wholeOf(exchange: Exchange, name: string, min: number, what: string): number | null {
  const text = exchange.param(name);
  if (text === undefined || text === "") return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= LIMIT_MAX) return value;
  throw new Fault(
    400,
    `invalid_${name}`,
    `${name} must be a whole number from ${min} to ${LIMIT_MAX} (${what})`,
  );
}
