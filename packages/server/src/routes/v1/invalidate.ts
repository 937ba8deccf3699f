/**
 * POST /v1/invalidate `{keys, prefix, tags}`: what they name is gone when the answer comes, and so are loads that were
 * under way. The whole body is checked before anything is done.
 *
 * A prefix costs a walk over all keys, in slices, so that other requests are served meanwhile; a tag costs nothing.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SharedTable } from "stowage/table";
import { mayTouch } from "../../access/types.js";
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { type Body, bodyOf } from "./body.js";
import { badField } from "./fault.js";

/** What a request names. */
export interface Named {
  readonly keys: readonly string[];
  readonly prefix: string | undefined;
  readonly tags: readonly string[];
}

/** Takes some milliseconds. */
const SLICE = 512;

export async function invalidate(
  exchange: Exchange,
  { table, feed: { leases } }: WorkerContext,
): Promise<void> {
  const { keys, prefix, tags } = namedIn(exchange);
  for (const tag of tags) table.invalidateTag(tag);
  const byKey = await deleteKeys(table, keys);
  let byPrefix = 0;
  if (prefix !== undefined) {
    const bytes = Buffer.from(prefix, "utf8");
    leases.noteInvalidation(bytes);
    byPrefix = await deletePrefix(table, bytes);
  }
  exchange.json(200, { keys: byKey, prefix: byPrefix, tags: tags.length });
}

/** @throws Fault for what is malformed, or beyond the token */
export function namedIn(exchange: Exchange): Named {
  const named = namedBy(bodyOf(exchange, ["keys", "prefix", "tags"]));
  checkAccess(exchange, named.keys, named.prefix, named.tags);
  return named;
}

function namedBy(body: Body): Named {
  const { prefix } = body;
  const keys = textsOf(body, "keys");
  const tags = textsOf(body, "tags");
  if (prefix !== undefined && typeof prefix !== "string") throw badField("prefix", "a string", prefix);
  if (prefix === "")
    throw badField("prefix", "a string that is not empty; POST /cache/clear removes everything", prefix);
  if (keys === undefined && tags === undefined && prefix === undefined)
    throw new Fault(400, "invalid_body", "the body must name keys, a prefix or tags");
  return { keys: keys ?? [], prefix, tags: [...new Set(tags)] };
}

function textsOf(body: Body, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw badField(name, "an array of strings", value);
  const wrong = value.findIndex((each) => typeof each !== "string");
  if (wrong >= 0) throw badField(`${name}[${wrong}]`, "a string", value[wrong]);
  return value;
}

/** Tags are not bound to keys, so they are not for tokens that are. */
function checkAccess(
  { principal }: Exchange,
  keys: readonly string[],
  prefix: string | undefined,
  tags: readonly string[],
): void {
  const beyond = keys.find((key) => !mayTouch(principal, key));
  if (beyond !== undefined || (prefix !== undefined && !mayTouch(principal, prefix)))
    throw new Fault(403, "forbidden_key", "this token does not reach all of these keys; see its prefixes");
  if (tags.length > 0 && principal.prefixes !== null && principal.scope !== "admin")
    throw new Fault(
      403,
      "forbidden_tags",
      "a token with prefixes invalidates tags only if its scope is admin",
    );
}

async function deleteKeys(table: SharedTable, keys: readonly string[]): Promise<number> {
  let deleted = 0;
  for (let index = 0; index < keys.length; index++) {
    if (table.delete(keys[index])) deleted++;
    if (index % SLICE === SLICE - 1) await nextTurn();
  }
  return deleted;
}

async function deletePrefix(table: SharedTable, prefix: Buffer): Promise<number> {
  let deleted = 0;
  for (let cursor: number | null = null; ; ) {
    const page = table.scan({ prefix, cursor, limit: SLICE, visit: SLICE });
    for (const { key } of page.entries) if (table.delete(key)) deleted++;
    if (page.cursor === null) return deleted;
    cursor = page.cursor;
    await nextTurn();
  }
}
