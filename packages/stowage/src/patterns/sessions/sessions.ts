/** Sessions: JSON under an id, in any store, for as long as they are used. */
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { InvalidOptionError, SerializationError } from "../../base/errors.js";
import { duration, objectWith } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { MemoryStore } from "../../stores/memory/index.js";
import type { Store } from "../../stores/store.js";
import { StoreGuard } from "../../tiered/guard/index.js";
import { checkKey } from "../common/check.js";
import { clockOption, nameOption, timeoutOption } from "../common/options.js";

/** What `new Sessions(options)` takes; everything may be left out. */
export interface SessionsOptions {
  /** Any; it is closed with them. Default: the memory of this process. */
  store?: Store;
  /** Stands before the ids. Default `"session"`. */
  name?: string;
  /** How long a session lives after it was last set or touched. Default `"1d"`. */
  ttl?: Duration;
  /** How long a call of the store may take. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. */
  clock?: Clock;
}

const DAY_MS = 86_400_000;
const PAGE = 200;

const sessionsOptions = declareOptions({
  store: option<Store, undefined>({
    type: objectWith<Store>("a store", "getMany", "setMany", "deleteMany"),
    default: undefined,
    defaultText: "the memory of this process",
    meaning: "any",
  }),
  name: nameOption("session"),
  ttl: option({
    type: duration,
    default: DAY_MS,
    defaultText: '`"1d"`',
    meaning: "how long a session lives after it was last set or touched",
  }),
  timeout: timeoutOption,
  clock: clockOption,
} satisfies Declares<SessionsOptions>);

const utf8 = new TextEncoder();

/**
 * All calls reject with StoreUnavailableError where the store does not answer.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong
 * @example
 * const sessions = new Sessions<{ user: string }>({ store: new RedisStore({ url }), ttl: "30m" });
 * await sessions.set(id, { user: "ada" });
 * await sessions.touch(id); // with each request: it lives for 30 minutes from now on
 */
export class Sessions<Data = unknown> {
  readonly #guard: StoreGuard;
  readonly #name: string;
  readonly #ttlMs: number;
  #unreadable = 0;

  constructor(options?: SessionsOptions) {
    const { store, name, ttl, timeout, clock } = sessionsOptions.bind(options, "new Sessions");
    this.#guard = new StoreGuard(store ?? new MemoryStore({ clock }), { timeout, clock });
    this.#name = name;
    this.#ttlMs = ttl;
  }

  /** How many of those that were asked for were no JSON: to their callers they are not there. */
  get unreadable(): number {
    return this.#unreadable;
  }

  async get(id: string): Promise<Data | undefined> {
    checkKey("get", id);
    const [bytes] = await this.#guard.getMany([this.#keyOf(id)]);
    return this.#read(bytes);
  }

  /** @param ttlMs instead of the options' own. Rejects with SerializationError for what JSON does not take. */
  async set(id: string, data: Data, ttlMs = this.#ttlMs): Promise<void> {
    checkKey("set", id);
    await this.#guard.setMany([{ key: this.#keyOf(id), bytes: written(data), ttlMs }]);
  }

  /** It lives for so long from now on, and stays what it is: whoever changes it at the same time loses nothing. False: it is gone. */
  async touch(id: string, ttlMs = this.#ttlMs): Promise<boolean> {
    checkKey("touch", id);
    return this.#guard.expire(this.#keyOf(id), ttlMs);
  }

  /** Whether there was one. */
  async destroy(id: string): Promise<boolean> {
    checkKey("destroy", id);
    return (await this.#guard.deleteMany([this.#keyOf(id)])) === 1;
  }

  /** By id. A walk over all of them: for tools. @throws InvalidOptionError over a store that cannot scan */
  async all(): Promise<Map<string, Data>> {
    const found = new Map<string, Data>();
    for await (const keys of this.#pages()) {
      const values = await this.#guard.getMany(keys);
      for (const [index, key] of keys.entries()) {
        const data = this.#read(values[index]);
        if (data !== undefined) found.set(key.slice(this.#keyOf("").length), data);
      }
    }
    return found;
  }

  /** How many there are: a walk as `all`. */
  async count(): Promise<number> {
    const keys = new Set<string>();
    for await (const page of this.#pages()) for (const key of page) keys.add(key);
    return keys.size;
  }

  /** How many there were. */
  clear(): Promise<number> {
    return this.#guard.clear(this.#keyOf(""));
  }

  close(): Promise<void> {
    return this.#guard.close();
  }

  async *#pages(): AsyncGenerator<readonly string[], void, undefined> {
    if (!this.#guard.abilities.scans)
      throw new InvalidOptionError({
        where: "sessions",
        option: "store",
        received: this.#guard.abilities.name,
        expected: "a store that can scan",
      });
    let cursor: string | undefined;
    do {
      const options = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
      const page = await this.#guard.scan(this.#keyOf(""), options);
      yield page.keys;
      ({ cursor } = page);
    } while (cursor !== undefined);
  }

  #read(bytes: Uint8Array | undefined): Data | undefined {
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as Data;
    } catch {
      this.#unreadable++;
      return undefined;
    }
  }

  #keyOf(id: string): string {
    return `${this.#name}:${id}`;
  }
}

function written(data: unknown): Uint8Array {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new SerializationError("JSON does not take the session", { cause });
  }
  if (text === undefined) throw new SerializationError(`JSON has no way to write a ${typeof data}`);
  return utf8.encode(text);
}
