/**
 * Caches with one mistake each, made from the real one: the mistakes that caches in the wild make. The suites have to
 * notice every one of them; a suite that does not is no suite.
 */
import { Cache, type CacheOptions } from "stowage";
import type { CacheUnderTest, SubjectOptions } from "stowage/testing";

type Made = (options: SubjectOptions) => CacheUnderTest;
// biome-ignore lint/suspicious/noExplicitAny: these caches are wrong on purpose, also in their types
type Any = any;

class Base extends Cache<Any, Any> {}

/** A subclass with some verbs replaced. */
function verbs(
  replaced: (cache: Base) => Record<string, (...args: Any[]) => Any>,
  prepare: (options: SubjectOptions) => SubjectOptions = (options) => options,
): Made {
  return (options) => {
    const cache = new Base(prepare(options) as CacheOptions<Any, Any>);
    return Object.assign(cache, replaced(cache)) as unknown as CacheUnderTest;
  };
}

function without(...names: string[]): (options: SubjectOptions) => SubjectOptions {
  return (options) => Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

const nothing = (): Record<string, never> => ({});

/** Maps the values a cache returns back and forth; used for caches that damage keys. */
function keysAs(damage: (key: unknown) => unknown): Made {
  return verbs((cache) => {
    const { get, set, has, peek, delete: remove } = Base.prototype;
    return {
      get: (key) => get.call(cache, damage(key)),
      peek: (key) => peek.call(cache, damage(key)),
      has: (key) => has.call(cache, damage(key)),
      set: (key, value, options) => set.call(cache, damage(key), value, options),
      delete: (key) => remove.call(cache, damage(key)),
    };
  });
}

/** The naive loader: no flight is shared, no invalidation is heeded. */
async function naiveFetch(
  cache: Base,
  key: Any,
  loader: (...args: Any[]) => Any,
  options: Any = {},
): Promise<Any> {
  const present = cache.get(key);
  if (present !== undefined) return present;
  const value = await loader(key, { signal: new AbortController().signal, stale: undefined });
  if (value !== undefined) cache.set(key, value, { ttl: options.ttl, tags: options.tags });
  return value;
}

/** Shares flights, as most loaders do, and commits whatever happened meanwhile, as most loaders do. */
function sharedFetch(cache: Base): Record<string, (...args: Any[]) => Any> {
  const flights = new Map<unknown, Promise<Any>>();
  return {
    fetch(key, loader, options) {
      const running =
        flights.get(key) ?? naiveFetch(cache, key, loader, options).finally(() => flights.delete(key));
      running.catch(() => undefined);
      flights.set(key, running);
      return running;
    },
  };
}

/** The mistake, and how to make a cache that makes it. */
export const brokenCaches = {
  "ignores ttls": verbs(
    (cache) => ({
      set: (key, value, { ttl: _, ...options } = {}) => Base.prototype.set.call(cache, key, value, options),
    }),
    without("ttl"),
  ),
  "expires a millisecond late": (options: SubjectOptions) => {
    const clock = options.clock as Any;
    const late = {
      now: () => clock.now() - (clock.now() > 1_000 ? 1 : 0),
      wall: () => clock.wall(),
      setTimer: (...args: Any[]) => clock.setTimer(...args),
      clearTimer: (handle: Any) => clock.clearTimer(handle),
    };
    return new Base({ ...options, clock: late }) as unknown as CacheUnderTest;
  },
  "restarts the ttl on update": verbs((cache) => ({
    update(key, value) {
      if (!cache.has(key)) return false;
      cache.set(key, value);
      return true;
    },
  })),
  "restarts the ttl on incr": verbs((cache) => ({
    incr(key, amount = 1, { default: first = 0, ...options } = {}) {
      const value = (cache.get(key) ?? first) + amount;
      cache.set(key, value, options);
      return value;
    },
  })),
  "loses deletes": verbs((cache) => ({ delete: (key) => cache.has(key) })),
  "deletes too much": verbs((cache) => ({ delete: (key) => (cache.has(key) ? cache.clear() > 0 : false) })),
  "never evicts": verbs(nothing, without("max", "maxWeight", "weigher", "enforce")),
  "is one entry over its bound": verbs(nothing, (options) =>
    typeof options.max === "number" ? { ...options, max: options.max + 1 } : options,
  ),
  "never forgets in memory": verbs(nothing, (options) => ({ ...options, janitor: false })),
  "counts no weight": verbs(nothing, without("maxWeight", "weigher")),
  "ignores tags": verbs(() => ({ invalidateTag: () => undefined })),
  "invalidates every tag": verbs((cache) => ({ invalidateTag: () => void cache.clear() })),
  "commits stale loads": verbs(sharedFetch),
  "loads twice": verbs((cache) => ({
    fetch: (key, loader, options) => naiveFetch(cache, key, loader, options),
  })),
  "wedges a key whose load failed": verbs((cache) => {
    const failed = new Set<unknown>();
    return {
      fetch(key, loader, options) {
        if (failed.has(key)) return new Promise(() => undefined);
        return Base.prototype.fetch.call(cache, key, loader, options).catch((error: unknown) => {
          failed.add(key);
          throw error;
        });
      },
    };
  }),
  "lets one caller's abort fail the others": verbs((cache) => {
    const shared = sharedFetch(cache).fetch;
    return {
      fetch(key, loader, { signal, ...options } = {}) {
        const gaveUp = new Promise((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason)),
        );
        gaveUp.catch(() => undefined);
        const abortable = (...args: Any[]): Promise<Any> => Promise.race([loader(...args), gaveUp]);
        return shared(key, abortable, options);
      },
    };
  }),
  "tells listeners a wrong cause": (options: SubjectOptions) => {
    const { onRemoval, ...others } = options as Any;
    const wrong = (event: Any): void => onRemoval?.({ ...event, cause: "deleted" });
    return new Base({ ...others, ...(onRemoval ? { onRemoval: wrong } : {}) }) as unknown as CacheUnderTest;
  },
  "tells listeners twice": (options: SubjectOptions) => {
    const { onRemoval, ...others } = options as Any;
    const twice = (event: Any): void => {
      for (const one of [event, event]) onRemoval?.(one);
    };
    return new Base({ ...others, ...(onRemoval ? { onRemoval: twice } : {}) }) as unknown as CacheUnderTest;
  },
  "writes into the caller's options": (options: SubjectOptions) => {
    const cache = new Base(options as CacheOptions<Any, Any>);
    options.name = "bound";
    return cache as unknown as CacheUnderTest;
  },
  "reads the caller's options again later": (options: SubjectOptions) => {
    const cache = new Base(options as CacheOptions<Any, Any>);
    const set = (key: Any, value: Any, own: Any = {}): boolean =>
      Base.prototype.set.call(cache, key, value, {
        ...(typeof options.ttl === "number" ? { ttl: options.ttl } : {}),
        ...own,
      });
    return Object.assign(cache, { set }) as unknown as CacheUnderTest;
  },
  "drops options it does not know": verbs(nothing, (options) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => known.has(name))),
  ),
  "makes strings of keys": keysAs((key) =>
    typeof key === "symbol" || typeof key === "object" ? key : String(key),
  ),
  "makes UTF-8 of keys": keysAs((key) =>
    typeof key === "string" ? new TextDecoder().decode(new TextEncoder().encode(key)) : key,
  ),
  "cuts keys at NUL": keysAs((key) => (typeof key === "string" ? key.split("\0")[0] : key)),
  "keeps values in a plain object": verbs(() => {
    const held: Record<string, unknown> = {};
    return {
      set(key, value) {
        held[key] = value;
        return true;
      },
      get: (key) => held[key],
      has: (key) => key in held,
    };
  }),
  "stores undefined": verbs((cache) => ({
    set: (key, value, options) => Base.prototype.set.call(cache, key, value ?? null, options),
  })),
  "writes NaN when it cannot count": verbs((cache) => ({
    incr(key, amount = 1, options) {
      const value = cache.peek(key);
      if (value === undefined || typeof value === "number")
        return Base.prototype.incr.call(cache, key, amount, options);
      cache.update(key, Number.NaN);
      return Number.NaN;
    },
  })),
  "works on after close": verbs(() => ({ close: () => undefined })),
  "leaves a timer behind": (options: SubjectOptions) => {
    (options.clock as Any).setTimer(() => undefined, 1e12);
    return new Base(options as CacheOptions<Any, Any>) as unknown as CacheUnderTest;
  },
  "throws its hooks' errors at the caller": (options: SubjectOptions) => {
    const cache = new Base(without("hooks")(options) as CacheOptions<Any, Any>);
    const hooks = (options.hooks ?? []) as Any[];
    const set = (...args: Any[]): boolean => {
      const result = Base.prototype.set.apply(cache, args as never);
      for (const hook of hooks)
        void Promise.resolve(hook.handle?.({ action: "set", args, result })).catch(() => undefined);
      return result;
    };
    return Object.assign(cache, { set }) as unknown as CacheUnderTest;
  },
  "iterates over a snapshot": verbs((cache) => ({
    keys: () => [...Base.prototype.keys.call(cache)][Symbol.iterator](),
    values: () => [...Base.prototype.values.call(cache)][Symbol.iterator](),
  })),
  "counts peeks as hits": verbs((cache) => ({ peek: (key) => cache.get(key) })),
  "prunes without reclaiming": verbs((cache) => ({
    prune: (size) => Base.prototype.prune.call(cache, size, { reclaim: 0 }),
  })),
  "exports what has expired": verbs((cache) => ({ export: () => [...cache.stream({ expired: true })] })),
  "applies a transaction that failed": verbs((cache) => ({
    transaction: async (_keys, fn) => fn(cache),
  })),
  "breaks its own structures": verbs(() => ({
    verify() {
      throw new Error("the index and the slots disagree");
    },
  })),
} satisfies Record<string, Made>;

export type Mistake = keyof typeof brokenCaches;

const known: ReadonlySet<string> = new Set([
  "name",
  "max",
  "maxWeight",
  "weigher",
  "enforce",
  "policy",
  "ttl",
  "idle",
  "jitter",
  "lazy",
  "janitor",
  "fetch",
  "hooks",
  "warmers",
  "commands",
  "onRemoval",
  "onError",
  "stats",
  "clock",
  "random",
]);
