/**
 * fetch, remember, rememberAll. Loading is a part of its own (loading/), which is loaded when it is first asked for: a page
 * that only reads and writes does not pay for it. Until then there are no loads that would have to hear of writes.
 */
import { ClosedError, StowageError } from "../../base/errors.js";
import { Commit, Ignore, type Loader } from "../../cache/types.js";
import type { Loading } from "../loading/loading.js";
import type { LoadOptions } from "../loading/options.js";
import type { ListLoader, RememberAllOptions, RememberedList } from "../loading/remember-all.js";
import type { ClientState } from "../state.js";

type AnyLoader = Loader<string, unknown>;

export function fetch(
  state: ClientState,
  key: string,
  loader: AnyLoader,
  options?: LoadOptions,
): Promise<unknown> {
  if (state.loading !== null) return state.loading.fetch(key, loader, options);
  return loadingOf(state, "fetch").then((loading) => loading.fetch(key, loader, options));
}

export function remember(
  state: ClientState,
  key: string,
  loader: AnyLoader,
  options?: LoadOptions,
): Promise<unknown> {
  if (state.loading !== null) return state.loading.remember(key, loader, options);
  return loadingOf(state, "remember").then(
    (loading) => loading.remember(key, loader, options),
    (error) => withoutCache(state, error, key, loader, options),
  );
}

export async function rememberAll<Value>(
  state: ClientState,
  prefix: string,
  loader: ListLoader<Value>,
  options: RememberAllOptions<Value>,
): Promise<RememberedList<Value>> {
  return (await loadingOf(state, "rememberAll")).rememberAll(prefix, loader, options);
}

/** Rejects where that part of the client cannot be loaded; the next call tries again. */
export async function loadingOf(state: ClientState, where: string): Promise<Loading> {
  if (state.loading !== null) return state.loading;
  if (state.isClosed) throw new ClosedError(where);
  state.loadingComes ??= state.createLoading();
  try {
    state.loading = await state.loadingComes;
  } catch (error) {
    state.loadingComes = undefined;
    throw error;
  }
  if (state.isClosed) state.loading.close();
  return state.loading;
}

/** A page that is offline cannot have that part; it can have the loader's value. */
async function withoutCache(
  state: ClientState,
  error: unknown,
  key: string,
  loader: AnyLoader,
  options: LoadOptions | undefined,
): Promise<unknown> {
  // What the caller can mend is his to know.
  if (error instanceof StowageError) throw error;
  state.onFault(error);
  const signal = options?.signal ?? new AbortController().signal;
  const given = await loader(key, { signal, stale: undefined });
  return given instanceof Commit || given instanceof Ignore ? given.value : given;
}
