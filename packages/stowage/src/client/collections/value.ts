/** What the verbs of a value do: those of the client on one key, with a schema between. */
import type { Loader } from "../../cache/types.js";
import type { LoadOptions } from "../loading/options.js";
import type { CallOptions, IncrOptions, WriteOptions } from "../types.js";
import { remembered } from "./collection.js";
import { Judge } from "./judge.js";
import type { Parts } from "./parts.js";
import type { CollectionClient, CollectionLoading, ValueCounters, ValueVerbs } from "./types.js";

export class SchemaValue<Input, Output> implements ValueVerbs<Input, Output>, ValueCounters {
  readonly key: string;
  readonly #client: CollectionClient;
  readonly #loading: CollectionLoading;
  readonly #judge: Judge<Output>;

  constructor({ client, loading, name, schema, throws }: Parts) {
    this.key = name;
    this.#client = client;
    this.#loading = loading;
    this.#judge = new Judge(schema, throws);
  }

  async get(options?: CallOptions): Promise<Output | undefined> {
    return this.#judge.read("get", this.key, await this.#client.get(this.key, options));
  }

  async set(value: Input, options?: WriteOptions): Promise<void> {
    await this.#judge.admit("set", this.key, value);
    await this.#client.set(this.key, value, options);
  }

  delete(options?: CallOptions): Promise<boolean> {
    return this.#client.delete(this.key, options);
  }

  exists(options?: CallOptions): Promise<boolean> {
    return this.#client.has(this.key, options);
  }

  remember(loader: Loader<string, Input>, options?: LoadOptions): Promise<Output> {
    return remembered(this.#loading, this.#judge, { key: this.key, id: this.key }, loader, options);
  }

  incr(amount?: number, options?: IncrOptions): Promise<number> {
    return this.#client.incr(this.key, amount, options);
  }

  decr(amount?: number, options?: IncrOptions): Promise<number> {
    return this.#client.decr(this.key, amount, options);
  }
}
