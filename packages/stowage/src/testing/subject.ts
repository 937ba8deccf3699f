/**
 * What the cache suite needs to know of a cache: how to make one, what it can do, and the shape of its verbs.
 *
 * A subject declares its abilities; cases that need an ability it lacks are skipped from that declaration alone, so
 * the same suite holds the in-process cache, a cache over shared memory and a user's own wrapper to the same promises.
 * The verbs are typed loosely here (any key, any value): the suite also calls them in ways the types forbid.
 */
import { FakeClock } from "./fake-clock.js";

/** Every ability a case can ask for, with what it means to have it. */
export const ABILITIES = {
  anyKeys: "keys of any type, as a Map takes them (without it: strings only)",
  anyValues: "values of any type, kept by reference (without it: what JSON holds)",
  expiry: "a ttl per entry, exact on the injected clock",
  eternal: "an entry set without a ttl never expires",
  lazy: "an expired entry is never returned, janitor or not",
  lenient: "with lazy: false it is, until the janitor comes",
  idle: "an entry expires a while after its last use",
  janitor: "memory of expired entries is given back without reads, on the injected clock",
  prompt: "and that within two intervals of the janitor",
  max: "a bound on entries, exact after each call",
  maxWeight: "a bound on weight, with a weigher",
  policies: "a choice of eviction policies",
  scheduled: "a bound enforced every interval instead of on each call",
  resize: "bounds that change at run time",
  prune: "prune(size, {reclaim})",
  removal: "removal listeners with a cause",
  departures: "they are told of what no verb removed as well: expired, evicted",
  bulk: "setMany, getMany",
  counters: "incr, decr",
  updates: "update, getAndUpdate, commit, ignore",
  iteration: "keys, values, entries",
  stream: "stream({where, select, expired, buffer})",
  expiredViews: "stream({expired: true}) shows what has expired and is still there",
  tags: "set(..., {tags}), invalidateTag",
  exactTags: "however many tags are invalidated, entries of others stay, and inspect() counts tags",
  fetch: "fetch, fetchMany, wrap",
  transactions: "transaction(keys, fn)",
  execute: "execute(fn)",
  hooks: "hooks before and after each action",
  commands: "custom commands by invoke",
  dump: "export, import",
  files: "save, restore",
  warmers: "warmers, warm, ready",
  stats: "stats(), resetStats()",
  inspect: "inspect()",
  strictOptions: "unknown, conflicting and out-of-range options are refused by name",
  verify: "verify() throws when internal structures disagree",
} as const;

export type Ability = keyof typeof ABILITIES;

/** What a cache under test is made with: the options of `new Cache`, also wrong ones. */
export type SubjectOptions = Record<string, unknown>;

export interface CacheSubject {
  readonly name: string;
  /** Makes a fresh cache; `options.clock` is a FakeClock. */
  create(options: SubjectOptions): CacheUnderTest;
  /** What it can do; what is not named it cannot. See ABILITIES, and `allAbilities` for a start. */
  readonly abilities: Partial<Record<Ability, boolean>>;
}

/** Every ability, less those named. */
export function allAbilities(...without: Ability[]): Record<Ability, boolean> {
  const names = Object.keys(ABILITIES) as Ability[];
  return Object.fromEntries(names.map((name) => [name, !without.includes(name)])) as Record<Ability, boolean>;
}

// biome-ignore lint/suspicious/noExplicitAny: the suite stores and reads values of every type
type Any = any;
type Options = Record<string, unknown>;

/** The verbs, loosely typed. `Cache<any, any, any>` fits it: the conformance test of this package compiles only then. */
export interface CacheUnderTest {
  readonly closed: boolean;
  get(key: Any): Any;
  peek(key: Any): Any;
  has(key: Any): boolean;
  take(key: Any): Any;
  set(key: Any, value: Any, options?: Options): boolean;
  setMany(entries: Iterable<[Any, Any]>, options?: Options): number;
  getMany(keys: Iterable<Any>): Map<Any, Any>;
  delete(key: Any): boolean;
  clear(): number;
  reset(): number;
  prune(size: number, options?: Options): number;
  purge(): number;
  size(options?: Options): number;
  isEmpty(): boolean;
  keys(): IterableIterator<Any>;
  values(): IterableIterator<Any>;
  entries(): IterableIterator<[Any, Any]>;
  [Symbol.iterator](): IterableIterator<[Any, Any]>;
  touch(key: Any): boolean;
  expire(key: Any, ttl: Any): boolean;
  expireAt(key: Any, at: Any): boolean;
  persist(key: Any): boolean;
  refresh(key: Any): boolean;
  ttl(key: Any): number | null | undefined;
  incr(key: Any, amount?: number, options?: Options): number;
  decr(key: Any, amount?: number, options?: Options): number;
  update(key: Any, value: Any): boolean;
  getAndUpdate(key: Any, fn: (value: Any) => Any): Any;
  fetch(key: Any, loader: (...args: Any[]) => Any, options?: Options): Promise<Any>;
  fetchMany(keys: Iterable<Any>, loader: (...args: Any[]) => Any, options?: Options): Promise<Map<Any, Any>>;
  wrap(fn: (...args: Any[]) => Any, options?: Options): (...args: Any[]) => Promise<Any>;
  transaction(keys: Iterable<Any>, fn: (tx: Any) => Any, options?: Options): Promise<Any>;
  execute(fn: (cache: Any) => Any): Any;
  invalidateTag(tag: string): void;
  invoke(name: Any, key: Any, ...args: Any[]): Any;
  stream(query?: Options): Iterable<Any> & AsyncIterable<Any>;
  export(): Any[];
  import(entries: Any): number;
  save(path: string, options?: Options): Promise<Any>;
  restore(path: string, options?: Options): Promise<Any>;
  stats(): Any;
  resetStats(): void;
  inspect(key?: Any): Any;
  resize(bounds: Options): void;
  onRemoval(fn: (event: Any) => void): () => void;
  warm(options?: Options): Promise<Any>;
  readonly ready: Promise<void>;
  close(): void;
  [Symbol.dispose](): void;
  verify(): void;
}

/** What a case is given: a clock of its own, and caches that are verified and closed when it ends. */
export class CaseContext {
  readonly clock = new FakeClock();
  readonly #subject: CacheSubject;
  readonly #made: CacheUnderTest[] = [];

  constructor(subject: CacheSubject) {
    this.#subject = subject;
  }

  can(ability: Ability): boolean {
    return this.#subject.abilities[ability] === true;
  }

  /** A fresh cache on this case's clock. Options that name a clock are passed on as the very object they are. */
  create(options: SubjectOptions = {}): CacheUnderTest {
    const cache = this.#subject.create("clock" in options ? options : { clock: this.clock, ...options });
    this.#made.push(cache);
    return cache;
  }

  /** Checks the structures of every cache made that is still open. */
  verify(): void {
    if (!this.can("verify")) return;
    for (const cache of this.#made) if (!cache.closed) cache.verify();
  }

  close(): void {
    for (const cache of this.#made) cache.close();
  }

  /** To be called after `close()`: whatever is still set on the clock now would keep a process alive, or its memory. */
  checkLeaks(): void {
    const { pending } = this.clock;
    if (pending > 0) throw new Error(`${pending} timer(s) left on the clock after close()`);
  }
}
