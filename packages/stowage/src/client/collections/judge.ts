/** What a schema has to say of the values of one collection. */
import { Commit, Ignore, type LoadContext, type Loader, type LoadResult } from "../../cache/types.js";
import { InvalidDataError } from "../errors.js";
import type { Checked } from "../loading/fetching.js";
import { type StandardSchema, validate } from "./standard-schema.js";

/** What a load may bring, without what it says of how to store it. */
type Bare = unknown;

export class Judge<Output> {
  readonly #schema: StandardSchema<unknown, Output> | undefined;
  readonly #throws: boolean;

  constructor(schema: StandardSchema | undefined, throws: boolean) {
    this.#schema = schema as StandardSchema<unknown, Output> | undefined;
    this.#throws = throws;
  }

  /** Whether every value fits. */
  get isIdle(): boolean {
    return this.#schema === undefined;
  }

  /** Of what is to be stored. @throws InvalidDataError */
  async admit(where: string, key: string, value: unknown): Promise<void> {
    const result = await validate(this.#schema, value);
    if ("issues" in result) throw new InvalidDataError(where, key, result.issues);
  }

  /** Of what was in the cache; undefined: it does not fit, or there was nothing. @throws InvalidDataError if so configured */
  async read(where: string, key: string, value: unknown): Promise<Output | undefined> {
    if (value === undefined) return undefined;
    const checked = await this.check(where, key, value);
    return "value" in checked ? (checked.value as Output) : undefined;
  }

  async check(where: string, key: string, value: unknown): Promise<Checked> {
    const result = await validate(this.#schema, value);
    if (!("issues" in result)) return result;
    const error = new InvalidDataError(where, key, result.issues);
    if (this.#throws) throw error;
    return { error };
  }

  /** The loader, but what does not fit fails it; the old value that it is given fits, or it is given none. */
  guarded(key: string, id: string, loader: Loader<string, Bare>): Loader<string, Bare> {
    return async (_key: string, { signal, stale }: LoadContext<Bare>) => {
      // Nothing is waited for in vain: without a schema, a loader is called at once.
      if (this.isIdle) return loader(id, { signal, stale });
      const old = stale === undefined ? undefined : await validate(this.#schema, stale);
      const result = await loader(id, {
        signal,
        stale: old !== undefined && "value" in old ? old.value : undefined,
      });
      const value = bareOf(result);
      if (value !== undefined) await this.admit("remember", key, value);
      return result;
    };
  }
}

function bareOf(result: LoadResult<Bare>): Bare {
  return result instanceof Commit || result instanceof Ignore ? result.value : result;
}
