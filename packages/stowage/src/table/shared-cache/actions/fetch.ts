/** fetch, fetchMany: as the in-process cache has them, over this cache's shelf; what cannot be is refused before anything is loaded. */
import * as loading from "../../../cache/actions/fetch.js";
import type { BulkLoader, FetchOptions, Loader } from "../../../cache/types.js";
import { checkStoring } from "../options.js";
import type { SharedState } from "../state.js";

export function fetch<V>(
  s: SharedState<V>,
  key: string,
  loader: Loader<string, V>,
  options: FetchOptions | undefined,
): Promise<V | undefined> {
  try {
    if (options !== undefined) checkStoring(options, "fetch");
  } catch (error) {
    return Promise.reject(error);
  }
  return loading.fetch(s, key, loader, options);
}

export async function fetchMany<V>(
  s: SharedState<V>,
  keys: Iterable<string>,
  loader: BulkLoader<string, V>,
  options: FetchOptions | undefined,
): Promise<Map<string, V>> {
  if (options !== undefined) checkStoring(options, "fetchMany");
  return loading.fetchMany(s, keys, loader, options);
}
