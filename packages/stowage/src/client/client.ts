/**
 * The client: typed verbs over one server or many. A line a verb; what they do stands in verbs/, loading/ and collections/.
 *
 *     verb ──> near cache ──> cluster: which server ──> node: batch, deadline, retries, breaker ──> transport
 *
 * All verbs that ask a server return promises, and reject instead of throwing. What is wrong with the options of `new
 * Client` is thrown at once.
 */
import type { FoundLoader, Loader } from "../cache/types.js";
import { createState, type Platform } from "./assemble.js";
import {
  type Collection,
  type CollectionClient,
  createCollection,
  createValue,
  type SchemaOptions,
  type StandardSchema,
  type Value,
  type ValueUnder,
} from "./collections/index.js";
import { KeyVerbs } from "./core/key-verbs.js";
import type { LoadOptions } from "./loading/options.js";
import type { ListLoader, RememberAllOptions, RememberedList } from "./loading/remember-all.js";
import { type BoundClientOptions, bindClientOptions } from "./options.js";
import { createPageCluster } from "./routing/page-cluster.js";
import type { ClientState } from "./state.js";
import { fetchTransport } from "./transport/fetch.js";
import type {
  AnyEntries,
  BatchCallOptions,
  BatchOperation,
  BatchResults,
  CallOptions,
  ClientOptions,
  ClientStats,
  CompareOptions,
  EntryOf,
  Invalidation,
  InvalidationCounts,
  KeyOf,
  LoadedOf,
  NodeHealth,
  NodeStats,
  ScanOptions,
  ServerAddress,
  ServerStats,
  Unset,
  ValueOf,
} from "./types.js";
import { close, inspect, nodes } from "./verbs/inspect.js";
import { fetch, loadingOf, remember, rememberAll } from "./verbs/load.js";
import { entry, peek } from "./verbs/read.js";
import { compareAndSet } from "./verbs/write.js";

/** Bundlers make a file of its own of it, which a page loads when it first calls one of these. */
const rareVerbs = (): Promise<typeof import("./verbs/rare.js")> => import("./verbs/rare.js");

/**
 * A client of one Stowage server, or of many.
 *
 * @typeParam Entries keys and the types of their values, such as `{ [key: \`user:${string}\`]: User; config: Config }`.
 * Left out: all keys, and values of whatever type the call names.
 * @example
 * const client = new Client({ url: "http://127.0.0.1:4000" });
 * await client.set("user:1", { name: "Ada" }, { ttl: "5m" });
 * const user = await client.get<User>("user:1");
 */
export class Client<Entries extends object = AnyEntries> extends KeyVerbs<Entries, ClientState> {
  /** @throws InvalidOptionError what is wrong with the options, or with the environment that stands in for them */
  constructor(options?: ClientOptions) {
    super();
    const bound = bindClientOptions(options);
    this.begin(createState(bound, this.platform(bound)));
  }

  /** @internal */
  protected platform({ fetchWith }: BoundClientOptions): Platform {
    return {
      transport: fetchTransport(fetchWith ?? undefined),
      hasManyConnections: false,
      createCluster: createPageCluster,
    };
  }

  /** What the near cache has, without a promise; undefined: nothing that may be given out, or there is no near cache. */
  peek<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
  ): ValueOf<Value, Entries, Key> | undefined {
    return peek(this.state, key) as ValueOf<Value, Entries, Key> | undefined;
  }

  /** The value with its version, for `compareAndSet`, and the time it has left. Always from the server. */
  entry<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    options?: CallOptions,
  ): Promise<EntryOf<ValueOf<Value, Entries, Key>> | undefined> {
    return entry(this.state, key, options) as Promise<EntryOf<ValueOf<Value, Entries, Key>> | undefined>;
  }

  /**
   * Stores the value if nobody has written since `entry` told the version; with version null, if there is none.
   * The new version; undefined: it was not stored.
   */
  compareAndSet<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    value: NoInfer<ValueOf<Value, Entries, Key>>,
    options: CompareOptions,
  ): Promise<string | undefined> {
    return compareAndSet(this.state, key, value, options);
  }

  /**
   * The value; where there is none, the loader's, which is stored. One load at a time of each key, in this process and among
   * all clients of the server. Never stores what was written or invalidated meanwhile. Fails if the server cannot be asked.
   *
   * @example const user = await client.fetch("user:1", (key, { signal }) => load(key, signal), { ttl: "5m" });
   */
  fetch<Value extends Entries[Key], Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    loader: FoundLoader<Key, Value>,
    options?: LoadOptions,
  ): Promise<LoadedOf<Value, Entries, Key>>;
  fetch<Value extends Entries[Key], Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    loader: Loader<Key, Value>,
    options?: LoadOptions,
  ): Promise<LoadedOf<Value, Entries, Key> | undefined>;
  fetch(key: KeyOf<Entries>, loader: Loader<never, unknown>, options?: LoadOptions): Promise<unknown> {
    return fetch(this.state, key, loader as Loader<string, unknown>, options);
  }

  /** As `fetch`, but where the server cannot be asked, the value is the loader's: it fails only if the loader does. */
  remember<Value extends Entries[Key], Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    loader: FoundLoader<Key, Value>,
    options?: LoadOptions,
  ): Promise<LoadedOf<Value, Entries, Key>>;
  remember<Value extends Entries[Key], Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    loader: Loader<Key, Value>,
    options?: LoadOptions,
  ): Promise<LoadedOf<Value, Entries, Key> | undefined>;
  remember(key: KeyOf<Entries>, loader: Loader<never, unknown>, options?: LoadOptions): Promise<unknown> {
    return remember(this.state, key, loader as Loader<string, unknown>, options);
  }

  /**
   * A list from its loader, remembered as a list of ids and an entry for each item, under the prefix and its id.
   *
   * @example
   * const users = await client.rememberAll("user:", () => db.users(), { key: (user) => user.id, ttl: "5m" });
   * users.get("1");
   */
  rememberAll<Value>(
    prefix: string,
    loader: ListLoader<Value>,
    options: RememberAllOptions<Value>,
  ): Promise<RememberedList<Value>> {
    return rememberAll(this.state, prefix, loader, options);
  }

  /**
   * Values whose keys begin with the prefix, checked by a schema (zod, valibot, arktype, any Standard Schema) when they are
   * stored and when they are read.
   *
   * @example
   * const users = client.collection("user:", z.object({ name: z.string() }));
   * await users.set("1", { name: "Ada" });
   */
  collection<Input, Output>(
    prefix: string,
    schema: StandardSchema<Input, Output>,
    options?: SchemaOptions,
  ): Collection<Input, Output>;
  collection<Value = Unset, const Prefix extends string = string>(
    prefix: Prefix,
  ): Collection<[Value] extends [Unset] ? ValueUnder<Entries, Prefix> : Value>;
  collection(prefix: string, schema?: StandardSchema, options?: SchemaOptions): unknown {
    return createCollection(
      this.#forParts(),
      () => loadingOf(this.state, "remember"),
      prefix,
      schema,
      options,
    );
  }

  /**
   * The value of one key, checked by a schema.
   *
   * @example const config = client.value("config", z.object({ theme: z.string() }));
   */
  value<Input, Output>(
    key: string,
    schema: StandardSchema<Input, Output>,
    options?: SchemaOptions,
  ): Value<Input, Output>;
  value<ValueType = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
  ): Value<ValueOf<ValueType, Entries, Key>>;
  value(key: string, schema?: StandardSchema, options?: SchemaOptions): unknown {
    return createValue(this.#forParts(), () => loadingOf(this.state, "remember"), key, schema, options);
  }

  /**
   * Several operations, and what became of each; a failed one does not fail the others.
   *
   * @example
   * const [set, count] = await client.batch([
   *   { op: "set", key: "a", value: 1 },
   *   { op: "incr", key: "visits" },
   * ]);
   * if (count.status === "fulfilled") count.value; // a number
   */
  async batch<const Operations extends readonly BatchOperation<Entries>[]>(
    operations: Operations,
    options?: BatchCallOptions,
  ): Promise<BatchResults<Operations, Entries>> {
    const { batch } = await rareVerbs();
    return (await batch(this.state, operations, options)) as unknown as BatchResults<Operations, Entries>;
  }

  /**
   * Keys and values that begin with the prefix, page by page, in no order that means anything. What is there during the
   * whole scan comes; what is set or deleted meanwhile may or may not, or twice.
   */
  async *scan<Value = Unset>(
    prefix?: string,
    options?: ScanOptions,
  ): AsyncIterableIterator<[KeyOf<Entries>, ValueOf<Value, Entries, KeyOf<Entries>>]> {
    const { scan } = await rareVerbs();
    yield* scan(this.state, prefix, options) as AsyncIterable<
      [KeyOf<Entries>, ValueOf<Value, Entries, KeyOf<Entries>>]
    >;
  }

  /** The same without values. */
  async *keys(prefix?: string, options?: ScanOptions): AsyncIterableIterator<KeyOf<Entries>> {
    const { keys } = await rareVerbs();
    yield* keys(this.state, prefix, options) as AsyncIterable<KeyOf<Entries>>;
  }

  /** Removes by key, by prefix, by tag. When it resolves, that is gone, and loads of it that were under way are not stored. */
  async invalidate(what: Invalidation, options?: CallOptions): Promise<InvalidationCounts> {
    return (await rareVerbs()).invalidate(this.state, what, options);
  }

  /** Removes whatever bears the tag, on all servers. */
  async invalidateTag(tag: string, options?: CallOptions): Promise<void> {
    return (await rareVerbs()).invalidateTags(this.state, [tag], options, "invalidateTag");
  }

  async invalidateTags(tags: readonly string[], options?: CallOptions): Promise<void> {
    return (await rareVerbs()).invalidateTags(this.state, tags, options, "invalidateTags");
  }

  /** Entries of all servers. */
  async size(options?: CallOptions): Promise<number> {
    return (await rareVerbs()).size(this.state, options);
  }

  /** Removes everything on all servers. How many entries there were. */
  async clear(options?: CallOptions): Promise<number> {
    return (await rareVerbs()).clear(this.state, options);
  }

  /** Figures of the servers, added up. Those of this client: `inspect`. */
  async stats(options?: CallOptions): Promise<ServerStats> {
    return (await rareVerbs()).stats(this.state, options);
  }

  /** How each server is; one that cannot be reached does not make it reject. */
  async health(options?: CallOptions): Promise<NodeHealth[]> {
    return (await rareVerbs()).health(this.state, options);
  }

  /** Figures of this client. Asks no server. */
  inspect(): ClientStats {
    return inspect(this.state);
  }

  /** The servers that there are now, and what this client has done with each. */
  get nodes(): readonly NodeStats[] {
    return nodes(this.state);
  }

  /** These servers from now on. Those that stay keep their connections. @throws InvalidOptionError: nothing has changed then */
  setServers(servers: readonly (string | ServerAddress)[]): void {
    this.state.cluster.setServers(servers);
  }

  /** Closes all connections; what is under way fails with ClosedError. May be called again. */
  close(): void {
    close(this.state);
  }

  #forParts(): CollectionClient {
    return this as unknown as CollectionClient;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
