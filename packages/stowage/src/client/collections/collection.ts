/** What the verbs of a collection do: those of the client, on ids below a prefix, with a schema between. */
import { InvalidArgumentError } from "../../base/errors.js";
import type { Loader } from "../../cache/types.js";
import type { LoadOptions } from "../loading/options.js";
import {
  type ListLoader,
  listKeyOf,
  type RememberAllOptions,
  type RememberedList,
} from "../loading/remember-all.js";
import type { CallOptions, IncrOptions, ScanOptions, WriteOptions } from "../types.js";
import { Judge } from "./judge.js";
import type { Parts } from "./parts.js";
import type { CollectionClient, CollectionCounters, CollectionLoading, CollectionVerbs } from "./types.js";

export class SchemaCollection<Input, Output> implements CollectionVerbs<Input, Output>, CollectionCounters {
  readonly prefix: string;
  readonly #client: CollectionClient;
  readonly #loading: CollectionLoading;
  readonly #judge: Judge<Output>;
  /** Where `rememberAll` was told to have its lists. */
  readonly #listKeys: Set<string>;

  constructor({ client, loading, name, schema, throws }: Parts) {
    this.prefix = name;
    this.#client = client;
    this.#loading = loading;
    this.#judge = new Judge(schema, throws);
    this.#listKeys = new Set([listKeyOf(name)]);
  }

  async get(id: string, options?: CallOptions): Promise<Output | undefined> {
    const key = this.#key("get", id);
    return this.#judge.read("get", key, await this.#client.get(key, options));
  }

  async getMany(ids: Iterable<string>, options?: CallOptions): Promise<Map<string, Output>> {
    const found = await this.#client.getMany(this.#keys("getMany", ids), options);
    const values = new Map<string, Output>();
    for (const [key, raw] of found) {
      const value = await this.#judge.read("getMany", key, raw);
      if (value !== undefined) values.set(key.slice(this.prefix.length), value);
    }
    return values;
  }

  async set(id: string, value: Input, options?: WriteOptions): Promise<void> {
    const key = this.#key("set", id);
    await this.#judge.admit("set", key, value);
    await this.#client.set(key, value, options);
  }

  async setMany(entries: Iterable<readonly [string, Input]>, options?: WriteOptions): Promise<void> {
    const keyed = Array.from(entries, ([id, value]) => [this.#key("setMany", id), value] as const);
    for (const [key, value] of keyed) await this.#judge.admit("setMany", key, value);
    await this.#client.setMany(keyed, options);
  }

  async delete(id: string, options?: CallOptions): Promise<boolean> {
    return this.#client.delete(this.#key("delete", id), options);
  }

  async deleteMany(ids: Iterable<string>, options?: CallOptions): Promise<number> {
    return this.#client.deleteMany(this.#keys("deleteMany", ids), options);
  }

  async exists(id: string, options?: CallOptions): Promise<boolean> {
    return this.#client.has(this.#key("exists", id), options);
  }

  async *scan(options?: ScanOptions): AsyncIterableIterator<[string, Output]> {
    for await (const [key, raw] of this.#client.scan(this.prefix, options)) {
      if (this.#listKeys.has(key)) continue;
      const value = await this.#judge.read("scan", key, raw);
      if (value !== undefined) yield [key.slice(this.prefix.length), value];
    }
  }

  async *keys(options?: ScanOptions): AsyncIterableIterator<string> {
    for await (const key of this.#client.keys(this.prefix, options))
      if (!this.#listKeys.has(key)) yield key.slice(this.prefix.length);
  }

  async clear(options?: CallOptions): Promise<number> {
    const what = { keys: [...this.#listKeys], prefix: this.prefix };
    return (await this.#client.invalidate(what, options)).prefix;
  }

  remember(id: string, loader: Loader<string, Input>, options?: LoadOptions): Promise<Output>;
  async remember(
    id: string,
    loader: Loader<string, Input>,
    options?: LoadOptions,
  ): Promise<Output | undefined> {
    return remembered(this.#loading, this.#judge, { key: this.#key("remember", id), id }, loader, options);
  }

  async rememberAll(
    loader: ListLoader<Input>,
    options: RememberAllOptions<Input>,
  ): Promise<RememberedList<Output>> {
    if (options?.listKey !== undefined) this.#listKeys.add(options.listKey);
    const judge = this.#judge;
    const guarded: ListLoader<Input> = async (context) => {
      const items = [...(await loader(context))];
      for (const item of items) await judge.admit("rememberAll", this.prefix + options.key(item), item);
      return items;
    };
    const check = judge.isIdle
      ? undefined
      : (item: unknown, id = "") => judge.check("rememberAll", this.prefix + id, item);
    const loading = await this.#loading();
    const list = await loading.rememberAll(this.prefix, judge.isIdle ? loader : guarded, options, check);
    return list as RememberedList<unknown> as RememberedList<Output>;
  }

  async incr(id: string, amount?: number, options?: IncrOptions): Promise<number> {
    return this.#client.incr(this.#key("incr", id), amount, options);
  }

  async decr(id: string, amount?: number, options?: IncrOptions): Promise<number> {
    return this.#client.decr(this.#key("decr", id), amount, options);
  }

  #key(where: string, id: string): string {
    if (typeof id !== "string") throw new InvalidArgumentError(where, "the id", id, "a text");
    return this.prefix + id;
  }

  #keys(where: string, ids: Iterable<string>): string[] {
    return Array.from(ids, (id) => this.#key(where, id));
  }
}

/** remember of a collection, and of a value. */
export async function remembered<Input, Output>(
  loading: CollectionLoading,
  judge: Judge<Output>,
  { key, id }: { readonly key: string; readonly id: string },
  loader: Loader<string, Input>,
  options: LoadOptions | undefined,
): Promise<Output> {
  if (typeof loader !== "function")
    throw new InvalidArgumentError("remember", "the loader", loader, "a function");
  const loads = await loading();
  const given = judge.guarded(key, id, loader as Loader<string, unknown>);
  const check = judge.isIdle ? undefined : (value: unknown) => judge.check("remember", key, value);
  return loads.remember(key, given, options, check) as Promise<Output>;
}
