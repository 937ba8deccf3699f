/** The verbs of single keys, and of several at a time: what the core has (core-client.ts), and what a client is built on. */
import type { Duration } from "../../base/duration.js";
import type { KeyState } from "../state.js";
import type {
  AnyEntries,
  CallOptions,
  EntryPair,
  IncrOptions,
  KeyOf,
  Unset,
  ValueOf,
  WriteOptions,
} from "../types.js";
import { get, getMany, has, ttl } from "../verbs/read.js";
import { count, deleteMany, expire, persist, remove, set, setMany, touch } from "../verbs/write.js";

/** @typeParam Entries keys and the types of their values, such as `{ [key: \`user:${string}\`]: User; config: Config }` */
export abstract class KeyVerbs<Entries extends object = AnyEntries, State extends KeyState = KeyState> {
  #state!: State;

  /** For the parts of this package that are built on a client. @internal */
  protected get state(): State {
    return this.#state;
  }

  /** Once, by the constructor. @internal */
  protected begin(state: State): void {
    this.#state = state;
  }

  /** The value; undefined: there is none. From the near cache, if that has it. */
  get<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    options?: CallOptions,
  ): Promise<ValueOf<Value, Entries, Key> | undefined> {
    return get(this.#state, key, options) as Promise<ValueOf<Value, Entries, Key> | undefined>;
  }

  /** Those that are there, by key. */
  getMany<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    keys: Iterable<Key>,
    options?: CallOptions,
  ): Promise<Map<Key, ValueOf<Value, Entries, Key>>> {
    return getMany(this.#state, keys, options) as Promise<Map<Key, ValueOf<Value, Entries, Key>>>;
  }

  has(key: KeyOf<Entries>, options?: CallOptions): Promise<boolean> {
    return has(this.#state, key, options);
  }

  /** Milliseconds left; null: it does not expire; undefined: it is not there. */
  ttl(key: KeyOf<Entries>, options?: CallOptions): Promise<number | null | undefined> {
    return ttl(this.#state, key, options);
  }

  /**
   * Stores a value: anything that JSON can hold. What was there goes, with its lifetime and tags.
   *
   * Rejects with InvalidValueError (undefined), SerializationError (no JSON), and what servers and the way to them bring.
   */
  set<Value = Unset, Key extends KeyOf<Entries> = KeyOf<Entries>>(
    key: Key,
    value: NoInfer<ValueOf<Value, Entries, Key>>,
    options?: WriteOptions,
  ): Promise<void> {
    return set(this.#state, key, value, options);
  }

  /** Stores all of them, each for itself: some may be stored when it rejects. */
  setMany(entries: Iterable<EntryPair<Entries>>, options?: WriteOptions): Promise<void> {
    return setMany(this.#state, entries, options);
  }

  /** Whether there was one. After a repeated request, that the first one had removed it looks like none. */
  delete(key: KeyOf<Entries>, options?: CallOptions): Promise<boolean> {
    return remove(this.#state, key, options);
  }

  /** How many there were. */
  deleteMany(keys: Iterable<KeyOf<Entries>>, options?: CallOptions): Promise<number> {
    return deleteMany(this.#state, keys, options);
  }

  /** Adds to a number, and gives the sum. Not repeated when the answer is lost: it may have been done. */
  incr(key: KeyOf<Entries>, amount?: number, options?: IncrOptions): Promise<number> {
    return count(this.#state, "incr", key, amount, options);
  }

  decr(key: KeyOf<Entries>, amount?: number, options?: IncrOptions): Promise<number> {
    return count(this.#state, "decr", key, amount, options);
  }

  /** Begins its lifetime anew. Whether it is there. */
  touch(key: KeyOf<Entries>, options?: CallOptions): Promise<boolean> {
    return touch(this.#state, key, options);
  }

  /** Gives it a lifetime from now on. Whether it is there. */
  expire(key: KeyOf<Entries>, ttl: Duration, options?: CallOptions): Promise<boolean> {
    return expire(this.#state, key, ttl, options);
  }

  /** Takes its lifetime away. Whether it is there. */
  persist(key: KeyOf<Entries>, options?: CallOptions): Promise<boolean> {
    return persist(this.#state, key, options);
  }
}
