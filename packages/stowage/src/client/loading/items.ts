/** The items of a list, each an entry of its own: read together, stored together, as far as nobody has written them since. */
import { jittered } from "../../cache/core/jitter.js";
import { faultOf } from "../verbs/operate.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import { entryOperation, getOperation, setOperation } from "../wire/operations.js";
import type { BoundLoadOptions } from "./call-options.js";
import type { LoadingHost } from "./types.js";

/** Versions of items that are in the cache, by id. */
export type KnownItems = ReadonlyMap<string, string>;

/** Operations under way at one time: far below what a node takes. */
const WINDOW = 1_000;

/** All of them; undefined: one at least is not there, or they cannot be read. */
export async function readItems(
  host: LoadingHost,
  prefix: string,
  ids: readonly string[] | undefined,
): Promise<ReadonlyMap<string, unknown> | undefined> {
  if (ids === undefined) return undefined;
  try {
    return itemsIn(ids, await operateAll(host, ids, (id) => getOperation("rememberAll", prefix + id)));
  } catch (error) {
    host.onFault(error);
    return undefined;
  }
}

function itemsIn(
  ids: readonly string[],
  results: readonly OperationResult[],
): ReadonlyMap<string, unknown> | undefined {
  const items = new Map<string, unknown>();
  for (const [at, id] of ids.entries()) {
    const result = results[at];
    if (result.error !== undefined || result.found === false) return undefined;
    items.set(id, result.value);
  }
  return items;
}

/** Before a load: by these it is known afterwards what nobody has written. What cannot be read counts as absent. */
export async function readVersions(
  host: LoadingHost,
  prefix: string,
  ids: readonly string[],
): Promise<KnownItems> {
  const versions = new Map<string, string>();
  try {
    const results = await operateAll(host, ids, (id) => entryOperation("rememberAll", prefix + id, true));
    for (const [at, id] of ids.entries()) {
      const { version } = results[at];
      if (version !== undefined) versions.set(id, version);
    }
  } catch (error) {
    host.onFault(error);
  }
  return versions;
}

/** Faults reach no caller: he has the items. */
export async function storeItems(
  host: LoadingHost,
  prefix: string,
  items: ReadonlyMap<string, unknown>,
  known: KnownItems,
  how: Pick<BoundLoadOptions, "grace" | "jitter" | "staleWhileRevalidate" | "tags" | "ttl">,
): Promise<void> {
  const graceMs = Math.max(how.grace, how.staleWhileRevalidate);
  const { near, random } = host;
  const ids = [...items.keys()];
  for (const id of ids) near?.written(prefix + id);
  try {
    const results = await operateAll(host, ids, (id) => {
      const ttl = typeof how.ttl === "number" ? jittered(how.ttl, how.jitter, random) : how.ttl;
      return setOperation("rememberAll", prefix + id, items.get(id), {
        ttl,
        grace: graceMs > 0 && typeof ttl === "number" ? graceMs : undefined,
        tags: how.tags,
        ifVersion: known.get(id),
        ifAbsent: !known.has(id),
      });
    });
    reportFirst(host, prefix, ids, results);
  } catch (error) {
    host.onFault(error);
  } finally {
    for (const id of ids) near?.written(prefix + id);
  }
}

function reportFirst(
  host: LoadingHost,
  prefix: string,
  ids: readonly string[],
  results: readonly OperationResult[],
): void {
  const at = results.findIndex(({ error }) => error !== undefined);
  if (at < 0) return;
  const key = prefix + ids[at];
  host.onFault(faultOf(getOperation("rememberAll", key), results[at], host.cluster.nodeOf(key).url));
}

async function operateAll(
  { cluster }: LoadingHost,
  ids: readonly string[],
  operationOf: (id: string) => Operation,
): Promise<OperationResult[]> {
  const results: OperationResult[] = [];
  if (ids.length > 0 && cluster.ready !== undefined) await cluster.ready;
  for (let from = 0; from < ids.length; from += WINDOW) {
    const sent = ids.slice(from, from + WINDOW).map((id) => {
      const operation = operationOf(id);
      return cluster.nodeOf(operation.key).operate(operation);
    });
    results.push(...(await Promise.all(sent)));
  }
  return results;
}
