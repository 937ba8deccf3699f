/** fetch, fetchMany: a value from the cache, or from its source by way of the cache. */

import { InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { checkKeys } from "../core/put.js";
import { type BoundFetchOptions, fetchOptions } from "../options.js";
import { Bulk } from "../services/bulk.js";
import type { LoadingCache, Stale } from "../services/loading.js";
import type { Load } from "../services/loads.js";
import { isRenewalDue } from "../services/renewal.js";
import { verbIndex } from "../services/stats.js";
import type { BulkLoader, FetchOptions, Loader } from "../types.js";

export function fetch<K, V>(
  s: LoadingCache<K, V>,
  key: K,
  loader: Loader<K, V>,
  options?: FetchOptions,
): Promise<V | undefined> {
  try {
    checkLoader(loader, "fetch");
    s.stats.calls[verbIndex.fetch]++;
    if (options !== undefined) checkNames(options, fetchOptions.names, "fetch");
    const value = findFresh(s, key, options);
    if (value !== undefined) {
      if (isRefreshDue(s, key, options)) {
        refreshBehind(s, key, loader, bindFetch(s, options, "fetch"));
      }
      return Promise.resolve(value);
    }
    const how = bindFetch(s, options, "fetch");
    return fetchMissing(s, key, how, (stale) => startLoad(s, key, loader, how, stale));
  } catch (error) {
    return Promise.reject(error);
  }
}

export async function fetchMany<K, V>(
  s: LoadingCache<K, V>,
  keys: Iterable<K>,
  loader: BulkLoader<K, V>,
  options?: FetchOptions,
): Promise<Map<K, V>> {
  checkLoader(loader, "fetchMany");
  s.stats.calls[verbIndex.fetchMany]++;
  const how = bindFetch(s, options, "fetchMany");
  if (how.signal?.aborted) throw how.signal.reason;
  const asked = new Set(checkKeys(keys, "fetchMany"));
  const bulk = new Bulk(s.loads, loader, how);
  const values = [...asked].map((key) =>
    attempt(() => {
      const value = findFresh(s, key, options);
      if (value === undefined) return fetchMissing(s, key, how, () => bulk.start(key));
      if (isRefreshDue(s, key, options)) {
        refreshBehind(s, key, (each, { signal }) => bulk.single(each, signal), how);
      }
      return value;
    }),
  );
  bulk.go();
  const found = new Map<K, V>();
  const loaded = await Promise.all(values);
  let index = 0;
  for (const key of asked) {
    const value = loaded[index++];
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

/** What throws becomes a promise that rejects: the other keys' loads are under way and have to be seen through. */
function attempt<T>(call: () => T | Promise<T>): T | Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A value that will do; finding one counts as a read. */
function findFresh<K, V>(s: LoadingCache<K, V>, key: K, options: FetchOptions | undefined): V | undefined {
  if (options === undefined) return s.shelf.read(key);
  if (options.signal?.aborted) throw options.signal.reason;
  return options.force === true ? undefined : s.shelf.read(key);
}

/** No live value: a stale one if the caller may have it, else what a load brings. */
function fetchMissing<K, V>(
  s: LoadingCache<K, V>,
  key: K,
  how: BoundFetchOptions,
  start: (stale: V | undefined) => Load<V>,
): Promise<V | undefined> {
  if (how.signal?.aborted) return Promise.reject(how.signal.reason);
  s.stats.misses++;
  const now = s.time.now();
  if (!how.force && s.outcomes.isNothing(key, now)) return Promise.resolve(undefined);
  const stale = s.shelf.stale(key);
  const failure = how.force ? undefined : s.outcomes.pausing(key, now);
  if (failure !== undefined) {
    return stale !== undefined && now < stale.expiredAt + Math.max(how.grace, how.staleWhileRevalidate)
      ? giveStale(s, stale)
      : Promise.reject(failure.error);
  }
  const joined = s.loads.joinable(key, how.tags);
  const load = joined ?? start(stale?.value);
  if (stale !== undefined && now < stale.expiredAt + how.staleWhileRevalidate) {
    if (joined === undefined) runBehind(s, load);
    return giveStale(s, stale);
  }
  return waitFor(s, key, load, how, stale);
}

function giveStale<K, V>(s: LoadingCache<K, V>, stale: Stale<V>): Promise<V> {
  s.stats.stale++;
  return Promise.resolve(stale.value);
}

/** Waits as long as this caller is willing to; his giving up does not concern the others. */
function waitFor<K, V>(
  s: LoadingCache<K, V>,
  key: K,
  load: Load<V>,
  how: BoundFetchOptions,
  stale: Stale<V> | undefined,
): Promise<V | undefined> {
  if (load.promise === undefined) {
    throw new InvalidArgumentError(
      "fetch",
      "loader",
      how,
      "a function that does not fetch the key it is loading: it would wait for itself",
    );
  }
  load.waiters++;
  const graceful =
    stale === undefined || how.grace === 0
      ? load.promise
      : load.promise.catch((error) => {
          const still = s.closed ? undefined : s.shelf.stale(key);
          if (still === undefined || s.time.now() >= still.expiredAt + how.grace) throw error;
          return giveStale(s, still);
        });
  const softMs = stale !== undefined && s.time.now() < stale.expiredAt + how.grace ? how.softTimeout : 0;
  return how.signal === undefined && softMs === 0
    ? graceful
    : waitImpatiently(s, load, graceful, how.signal, softMs, stale);
}

function waitImpatiently<K, V>(
  s: LoadingCache<K, V>,
  load: Load<V>,
  value: Promise<V | undefined>,
  signal: AbortSignal | undefined,
  softMs: number,
  stale: Stale<V> | undefined,
): Promise<V | undefined> {
  return new Promise((resolve, reject) => {
    const { clock } = s.time;
    const giveUp = (): void => {
      finish();
      reject(signal?.reason);
      load.leave(signal?.reason);
    };
    const timer =
      softMs === 0 || stale === undefined
        ? null
        : clock.setTimer(() => {
            finish();
            runBehind(s, load);
            resolve(giveStale(s, stale));
          }, softMs);
    const finish = (): void => {
      if (timer !== null) clock.clearTimer(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    value.finally(finish).then(resolve, reject);
  });
}

/** From now on nobody may be waiting: a failure is reported instead. */
function runBehind<K, V>(s: LoadingCache<K, V>, load: Load<V>): void {
  if (load.background) return;
  load.background = true;
  load.promise.catch((error) => {
    if (!s.closed) s.reporter.report(error, "loader");
  });
}

function refreshBehind<K, V>(
  s: LoadingCache<K, V>,
  key: K,
  loader: Loader<K, V>,
  how: BoundFetchOptions,
): void {
  if (s.loads.isBusy(key) || s.outcomes.pausing(key, s.time.now()) !== undefined) return;
  runBehind(s, startLoad(s, key, loader, how, s.shelf.peek(key)));
}

function startLoad<K, V>(
  s: LoadingCache<K, V>,
  key: K,
  loader: Loader<K, V>,
  how: BoundFetchOptions,
  stale: V | undefined,
): Load<V> {
  return s.loads.start(key, (signal) => loader(key, { signal, stale }), how);
}

/** Whether a live entry is to be renewed behind. */
function isRefreshDue<K, V>(s: LoadingCache<K, V>, key: K, options: FetchOptions | undefined): boolean {
  const early = options?.earlyRefresh ?? s.fetchDefaults.earlyRefresh;
  const ahead = options?.refreshAhead ?? s.fetchDefaults.refreshAhead;
  if (early === false && ahead === 0) return false;
  const life = s.shelf.life(key);
  return life !== undefined && isRenewalDue(life, early, ahead, s.options.random);
}

/** What the call says, else what the cache says, checked. */
function bindFetch<K, V>(
  s: LoadingCache<K, V>,
  options: FetchOptions | undefined,
  where: string,
): BoundFetchOptions {
  if (options === undefined) return s.fetchDefaults;
  const bound = fetchOptions.bind(options, where);
  const own = Object.entries(bound).filter(([name]) => options[name as keyof FetchOptions] !== undefined);
  return { ...s.fetchDefaults, ...Object.fromEntries(own) };
}

function checkLoader(loader: unknown, where: string): void {
  if (typeof loader !== "function") throw new InvalidArgumentError(where, "loader", loader, "a function");
}
