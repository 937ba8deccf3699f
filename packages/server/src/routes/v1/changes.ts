/**
 * GET /v1/changes: what changes, as server-sent events. `?prefix=` leaves out other keys; `Last-Event-ID` (or `?from=`)
 * resumes. Who falls behind, or resumes from what is not known any more, is told `reset`. `?heartbeat=` asks to be told
 * now and then up to which moment one is up to date.
 */
import type { WorkerContext } from "../../context.js";
import { KEY_BYTES_KEPT } from "../../feed/event.js";
import { canFollow, EventStream } from "../../feed/event-stream.js";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { DURATION, durationOf } from "./durations.js";

const TYPE = "text/event-stream";
/** More often tells nobody anything new: changes come at once anyway. */
const HEARTBEAT_MS_MIN = 100;
/** Less often, and proxies take the connection for idle. */
const HEARTBEAT_MS_MAX = 15_000;
/** No buffering by nginx; no copies by anybody. */
const FIELDS = { "cache-control": "no-store", "x-accel-buffering": "no" };

export function followChanges(exchange: Exchange, context: WorkerContext): undefined | Promise<void> {
  const { connection, principal, head } = exchange;
  const prefixes = prefixesOf(exchange);
  const from = placeOf(exchange);
  const heartbeatMs = heartbeatOf(exchange);
  if (context.stopping.aborted) throw new Fault(503, "closing", "the server is stopping");
  if (head.method === "HEAD") {
    exchange.empty(200, { "content-type": TYPE, ...FIELDS });
    return undefined;
  }
  const { access } = context;
  const { generation } = access;
  exchange.stream(200, TYPE, FIELDS);
  return new EventStream(connection, context.feed.changes, {
    prefixes,
    named: principal.prefixes === null,
    heartbeatMs,
    now: () => context.now(),
    // Tokens were loaded anew: whoever may still follow comes back, and shows his.
    mayGoOn: () => access.generation === generation,
  }).run(from);
}

function prefixesOf(exchange: Exchange): Buffer[] {
  const own = exchange.principal.prefixes;
  const wanted = exchange.param("prefix");
  if (wanted !== undefined && own !== null && !own.some((prefix) => wanted.startsWith(prefix)))
    throw new Fault(
      403,
      "forbidden_key",
      "this token does not reach all keys with that prefix; see its prefixes",
    );
  const prefixes = (wanted === undefined ? (own ?? []) : [wanted]).map((prefix) =>
    Buffer.from(prefix, "utf8"),
  );
  if (prefixes.every(canFollow)) return prefixes;
  const whose = wanted === undefined ? "the token's prefixes" : "prefix";
  throw new Fault(
    400,
    "prefix_too_long",
    `${whose} must be at most ${KEY_BYTES_KEPT} bytes, as the feed tells keys apart by so many`,
  );
}

/** Undefined: now. Null: a place of no feed of ours, so what changed since is not known. */
function placeOf(exchange: Exchange): number | undefined | null {
  const lastId = exchange.head.header("last-event-id");
  // An EventSource that reconnects sends the header, and the address that it began with.
  const text = lastId === undefined || lastId === "" ? exchange.param("from") : lastId;
  if (text === undefined) return undefined;
  const place = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(place)) return place;
  if (text === lastId) return null;
  throw new Fault(
    400,
    "invalid_query",
    `the query parameter "from" must be the id of an event, a whole number`,
  );
}

/** Undefined: the request asks for none. */
function heartbeatOf(exchange: Exchange): number | undefined {
  const text = exchange.param("heartbeat");
  if (text === undefined) return undefined;
  const ms = durationOf(text);
  if (ms !== undefined && ms >= HEARTBEAT_MS_MIN && ms <= HEARTBEAT_MS_MAX) return ms;
  throw new Fault(
    400,
    "invalid_query",
    `the query parameter "heartbeat" must be ${DURATION}, from 100ms to 15s`,
  );
}
