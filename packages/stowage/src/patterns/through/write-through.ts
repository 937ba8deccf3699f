/**
 * Write-through: what is written goes to the source first and, when that has it, into the cache. Who reads through the cache then
 * sees what the source has.
 *
 * Writes of a key go one after the other in this process, so that the cache ends with the value that the source ends with. Between
 * processes only the source can tell which of two writes was the last: there, a read that follows may bring the other one until it
 * expires; `keep: false` forgets instead, and the next reader asks the source.
 */
import type { Duration } from "../../base/duration.js";
import { InvalidOptionError, InvalidValueError } from "../../base/errors.js";
import { checked, choice, duration, either, flag, functionOf, listOf } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { Loader } from "../../cache/types.js";
import { checkKey } from "../common/check.js";
import { KeyQueue } from "../common/key-queue.js";
import { checkCache } from "../common/source.js";
import type { CacheVerbs } from "../common/verbs.js";
import { ReadThrough } from "./read-through.js";

/** What `writeThrough(cache, options)` takes; `write` has to be there. */
export interface WriteThroughOptions<V> {
  /** Writes to the source. What it gives back, if anything, is what is kept: the row as the source has it now. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most sources give nothing back, and need not say so
  write: (key: string, value: V) => V | undefined | void | Promise<V | undefined | void>;
  /** Removes from the source. Without it there is no `delete`. */
  remove?: (key: string) => unknown;
  /** Reads the source where the cache has nothing. Without it, `get` asks the cache alone. */
  load?: Loader<string, V>;
  /** How long the cache keeps what was written or loaded; null: for ever. Default: as the cache does. */
  ttl?: Duration | null;
  /** What `invalidateTag` finds it by. */
  tags?: readonly string[];
  /** Whether the cache keeps what was written; false: it forgets the key, and the next reader loads it. Default true. */
  keep?: boolean;
}

const writeThroughOptions = declareOptions({
  write: option<WriteThroughOptions<unknown>["write"], undefined>({
    type: functionOf("(key, value) => void"),
    default: undefined,
    meaning: "writes to the source",
  }),
  remove: option<(key: string) => unknown, undefined>({
    type: functionOf("(key) => void"),
    default: undefined,
    meaning: "removes from the source",
  }),
  load: option<Loader<string, unknown>, undefined>({
    type: functionOf("(key, context) => value"),
    default: undefined,
    meaning: "reads the source",
  }),
  ttl: option<number | null, undefined>({
    type: either(duration, choice(null)),
    default: undefined,
    meaning: "how long the cache keeps it",
  }),
  tags: option<readonly string[], undefined>({
    type: listOf(checked("a text", (value) => typeof value === "string")),
    default: undefined,
    meaning: "what `invalidateTag` finds it by",
  }),
  keep: option({ type: flag, default: true, meaning: "whether the cache keeps what was written" }),
} satisfies Declares<WriteThroughOptions<unknown>>);

export class WriteThrough<V> {
  readonly #cache: CacheVerbs<V>;
  readonly #options: ReturnType<typeof writeThroughOptions.bind>;
  readonly #write: WriteThroughOptions<V>["write"];
  readonly #reading: ReadThrough<V> | undefined;
  readonly #queue = new KeyQueue();

  /** Use `writeThrough`. */
  constructor(cache: CacheVerbs<V>, options: WriteThroughOptions<V>) {
    checkCache("writeThrough", cache);
    const bound = writeThroughOptions.bind(options, "writeThrough");
    if (bound.write === undefined)
      throw new InvalidOptionError({
        where: "writeThrough",
        option: "write",
        received: undefined,
        expected: writeThroughOptions.specs.write.type.text,
      });
    this.#cache = cache;
    this.#options = bound;
    this.#write = bound.write as WriteThroughOptions<V>["write"];
    this.#reading = bound.load && new ReadThrough(cache, bound.load as Loader<string, V>, this.#keeping());
  }

  /** Out of the cache; where it has none, out of the source, if there is `load`. */
  async get(key: string): Promise<V | undefined> {
    checkKey("get", key);
    return this.#reading === undefined ? this.#cache.get(key) : this.#reading.get(key);
  }

  /**
   * Writes the source, then the cache. Rejects with what the source rejects with: then the cache has forgotten the key, since nobody
   * knows what the source has. Rejects with the cache's error where the source has it and the cache could not be told.
   */
  async set(key: string, value: V): Promise<void> {
    checkKey("set", key);
    if (value === undefined) throw new InvalidValueError("set", key);
    await this.#queue.run(key, () =>
      this.#through(key, async () => {
        const stored = (await this.#write(key, value)) ?? value;
        if (this.#options.keep) await this.#cache.set(key, stored as V, this.#keeping());
        else await this.#cache.delete(key);
      }),
    );
  }

  /** Removes it from the source, then from the cache. @throws InvalidOptionError where there is no `remove` */
  async delete(key: string): Promise<void> {
    checkKey("delete", key);
    const { remove } = this.#options;
    if (remove === undefined)
      throw new InvalidOptionError({
        where: "delete",
        option: "remove",
        received: undefined,
        expected: writeThroughOptions.specs.remove.type.text,
      });
    await this.#queue.run(key, () =>
      this.#through(key, async () => {
        await remove(key);
        await this.#cache.delete(key);
      }),
    );
  }

  /** What fails half way leaves nothing in the cache; that this may fail too is what the first error is about. */
  async #through(key: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      await Promise.resolve(this.#cache.delete(key)).catch(() => undefined);
      throw error;
    }
  }

  #keeping(): { ttl?: Duration | null; tags?: readonly string[] } {
    const { ttl, tags } = this.#options;
    return { ...(ttl !== undefined && { ttl }), ...(tags !== undefined && { tags }) };
  }
}

/**
 * @param cache the process's, a shared one, tiers, or a client
 * @throws InvalidArgumentError for what is no cache, InvalidOptionError for an option that is unknown or wrong, or without `write`
 * @example
 * const users = writeThrough(cache, { write: (id, user) => db.save(id, user), load: (id) => db.user(id), ttl: "10m" });
 * await users.set("1", { name: "Ada" });
 */
export function writeThrough<V>(cache: CacheVerbs<V>, options: WriteThroughOptions<V>): WriteThrough<V> {
  return new WriteThrough(cache, options);
}
