/**
 * The routes of a server that is one of a fleet: the same names and paths, other handlers. They stand beside those of a server alone,
 * and are chosen when a worker starts, so that a server alone knows nothing of them.
 */
import type { Route } from "../../http/route.js";
import * as batch from "./batch.js";
import * as cache from "./cache.js";
import { getRoute } from "./get.js";
import { invalidate } from "./invalidate.js";
import * as keys from "./keys.js";
import { leaseKey, releaseLease } from "./lease.js";
import { scan } from "./scan.js";

type Handle = Route["handle"];

const handlers: Readonly<Record<string, Handle>> = {
  cache_get: getRoute,
  cache_set: cache.set,
  cache_delete: cache.remove,
  cache_incr: cache.incr,
  cache_decr: cache.decr,
  cache_batch: batch.cacheBatch,
  cache_scan: scan,
  cache_clear: cache.clear,
  v1_get: keys.getKey,
  v1_put: keys.putKey,
  v1_delete: keys.deleteKey,
  v1_lease: leaseKey,
  v1_release: releaseLease,
  v1_batch: batch.v1Batch,
  v1_invalidate: invalidate,
};

/** Those whose answer L2 has a part in are changed; the rest stay what they are. */
export function overL2(routes: readonly Route[]): readonly Route[] {
  return routes.map((route) => {
    const handle = handlers[route.name];
    return handle === undefined ? route : { ...route, handle };
  });
}
