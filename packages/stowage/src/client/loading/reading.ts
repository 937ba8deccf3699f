/** What the server has. A near cache is filled on the way. */
import { faultOf } from "../verbs/operate.js";
import { entryOperation, getOperation } from "../wire/operations.js";
import type { Lives } from "./lives.js";
import type { LoadingHost } from "./types.js";

export interface Found {
  readonly value: unknown;
  /** Undefined if it was not asked for. */
  readonly version: string | undefined;
}

export interface ReadOptions {
  /** With its version and the time it has left. */
  readonly meta: boolean;
  /** Not by way of a read that is under way already. */
  readonly isFresh: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Undefined: it is not there. @throws whatever is wrong with the cache */
export async function read(
  { cluster, near }: LoadingHost,
  lives: Lives,
  key: string,
  { meta, isFresh, signal }: ReadOptions,
): Promise<Found | undefined> {
  if (cluster.ready !== undefined) await cluster.ready;
  const node = cluster.nodeOf(key);
  const filling = near?.begin(key);
  let isFilled = false;
  try {
    const isNew = isFresh || filling !== undefined;
    const operation = meta || isNew ? entryOperation("fetch", key, isNew) : getOperation("fetch", key);
    const result = await node.operate(operation, signal && { signal });
    if (result.error !== undefined) throw faultOf(operation, result, node.url);
    if (result.found === false) return undefined;
    const { value, version, ttl = null } = result;
    if (meta && version !== undefined) lives.read(key, version, ttl);
    if (filling !== undefined) {
      isFilled = true;
      near?.fill(filling, value, ttl, result.tagged === true);
    }
    return { value, version };
  } finally {
    if (filling !== undefined && !isFilled) near?.abandon(filling);
  }
}
