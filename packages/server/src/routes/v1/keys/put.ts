/**
 * PUT /v1/keys/{key}: stores the content under the key. With conditions, compare-and-set; with a lease's token, a fill.
 *
 * Everything that can be wrong with the request is found out before anything is stored.
 */
import type { SharedTable, TableSetOptions } from "stowage/table";
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { Fault } from "../../../http/fault.js";
import { JsonError } from "../../../json/scan.js";
import { ContentTypeError, type Prepared, prepare } from "../../../stored/index.js";
import { badHeader } from "../fault.js";
import { fill } from "../lease/fill.js";
import { isFresh, readEntry } from "./entry.js";
import { type Conditions, conditionsOf, judge } from "./etag.js";
import { keyOf } from "./key.js";
import { preconditionFailed, stored } from "./outcome.js";
import { type Wanted, wantedBy } from "./write-headers.js";

/** What a PUT asks for. */
export interface PutWanted {
  readonly key: string;
  readonly bytes: Buffer;
  readonly options: TableSetOptions;
  readonly graceMs: number;
  readonly conditions: Conditions | undefined;
  /** Of a lease that it fills. */
  readonly token: string | undefined;
}

export function putKey(exchange: Exchange, context: WorkerContext): void {
  const { key, bytes, options, conditions, token } = putWantedBy(exchange, context);
  if (token !== undefined) fill(exchange, context, key, token, bytes, options);
  else if (conditions !== undefined) putIf(exchange, context.table, key, bytes, options, conditions);
  else put(exchange, context.table, key, bytes, options);
}

/** @throws Fault for whatever is wrong with the request */
export function putWantedBy(exchange: Exchange, { config }: WorkerContext): PutWanted {
  const { head, content } = exchange;
  const key = keyOf(exchange);
  const wanted = wantedBy(head, config.ttl);
  const conditions = conditionsOf(head);
  const token = head.header("stowage-lease-token");
  if (token !== undefined && conditions !== undefined)
    throw badHeader(
      "stowage-lease-token",
      "without if-match and if-none-match: a fill has its own condition",
      token,
    );
  const { bytes, flags } = prepared(content, wanted);
  const options: TableSetOptions = { ...wanted.options, flags };
  return { key, bytes, options, graceMs: wanted.graceMs, conditions, token };
}

function prepared(content: Buffer, { contentType, graceMs }: Wanted): Prepared {
  try {
    return prepare(content, contentType, graceMs);
  } catch (error) {
    if (error instanceof JsonError)
      throw new Fault(
        400,
        "invalid_json",
        `the content must be JSON, as its content-type says: ${error.message}`,
      );
    if (error instanceof ContentTypeError)
      throw badHeader("content-type", "a media type such as text/plain, of at most 255 bytes", contentType);
    throw error;
  }
}

/** Whether there was an entry before has to be known for sure: so one that is there is replaced, and else one is added. */
function put(
  exchange: Exchange,
  table: SharedTable,
  key: string,
  bytes: Buffer,
  options: TableSetOptions,
): void {
  for (;;) {
    const isNew = !table.has(key);
    const version = isNew ? table.add(key, bytes, options) : table.replace(key, bytes, options);
    if (version === 0) continue;
    stored(exchange, version, isNew);
    return;
  }
}

/** Conditions are about what others see, so a stale entry is none; what takes its place is new. */
function putIf(
  exchange: Exchange,
  table: SharedTable,
  key: string,
  bytes: Buffer,
  options: TableSetOptions,
  conditions: Conditions,
): void {
  for (;;) {
    const entry = readEntry(table, key);
    const seen = entry !== undefined && isFresh(entry) ? entry.version : 0;
    if (judge(conditions, seen) !== "pass") throw preconditionFailed(seen);
    const version = table.compareAndSet(key, entry?.version ?? 0, bytes, options);
    if (version === 0) continue;
    stored(exchange, version, seen === 0);
    return;
  }
}
