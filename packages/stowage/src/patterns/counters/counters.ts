/** Counts that many processes add to: any store that has counters, and memory where there is none. */
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { InvalidOptionError } from "../../base/errors.js";
import { choice, duration, either, objectWith } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { MemoryStore } from "../../stores/memory/index.js";
import type { Store } from "../../stores/store.js";
import { StoreGuard } from "../../tiered/guard/index.js";
import { checkCount, checkKey } from "../common/check.js";
import { clockOption, nameOption, timeoutOption } from "../common/options.js";

/** What `new Counters(options)` takes; everything may be left out. */
export interface CountersOptions {
  /** Any that has counters; it is closed with them. Default: the memory of this process. */
  store?: Store;
  /** Stands before the keys. Default `"count"`. */
  name?: string;
  /** How long a counter lives from its first count on; null: for ever. Default null. */
  ttl?: Duration | null;
  /** How long a call of the store may take. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. */
  clock?: Clock;
}

const countersOptions = declareOptions({
  store: option<Store, undefined>({
    type: objectWith<Store>("a store", "getMany", "setMany", "deleteMany"),
    default: undefined,
    defaultText: "the memory of this process",
    meaning: "any that has counters",
  }),
  name: nameOption("count"),
  ttl: option<number | null>({
    type: either(duration, choice(null)),
    default: null,
    meaning: "how long a counter lives from its first count on",
  }),
  timeout: timeoutOption,
  clock: clockOption,
} satisfies Declares<CountersOptions>);

/**
 * Whole numbers within 53 bits. All calls reject with StoreUnavailableError where the store does not answer; a count whose answer is
 * lost may have been counted.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong, or a store without counters
 * @example
 * const views = new Counters({ store: new RedisStore({ url: "redis://localhost:6379" }), name: "views", ttl: "1d" });
 * await views.add("/home"); // 1
 */
export class Counters {
  readonly #guard: StoreGuard;
  readonly #name: string;
  readonly #ttlMs: number | null;

  constructor(options?: CountersOptions) {
    const { store, name, ttl, timeout, clock } = countersOptions.bind(options, "new Counters");
    const place = store ?? new MemoryStore({ clock });
    if (!place.abilities.counters)
      throw new InvalidOptionError({
        where: "new Counters",
        option: "store",
        received: place.abilities.name,
        expected: "a store that has counters",
      });
    this.#guard = new StoreGuard(place, { timeout, clock });
    this.#name = name;
    this.#ttlMs = ttl;
  }

  /** Adds, and gives the sum. @param amount a whole number; a negative one takes away */
  async add(key: string, amount = 1): Promise<number> {
    checkKey("add", key);
    checkCount("add", "the amount", amount, Number.MIN_SAFE_INTEGER);
    return this.#guard.incr(this.#keyOf(key), amount, { initial: 0, ttlMs: this.#ttlMs });
  }

  /** Raises it to this number if it is below; what it is then: the highest that anybody named. */
  async raise(key: string, atLeast: number): Promise<number> {
    checkKey("raise", key);
    checkCount("raise", "the number", atLeast, Number.MIN_SAFE_INTEGER);
    // One that is not there begins with what is below any other.
    return this.#guard.incr(this.#keyOf(key), 0, {
      initial: Number.MIN_SAFE_INTEGER,
      ttlMs: this.#ttlMs,
      atLeast,
    });
  }

  /** 0: nothing was counted. */
  async get(key: string): Promise<number> {
    return (await this.getMany([key])).get(key) as number;
  }

  /** One round trip for all of them. */
  async getMany(keys: readonly string[]): Promise<Map<string, number>> {
    for (const key of keys) checkKey("getMany", key);
    const found = await this.#guard.getMany(keys.map((key) => this.#keyOf(key)));
    return new Map(keys.map((key, index) => [key, numberIn(found[index])]));
  }

  /** Begins anew with 0. How many there were. */
  async reset(...keys: readonly string[]): Promise<number> {
    for (const key of keys) checkKey("reset", key);
    return this.#guard.deleteMany(keys.map((key) => this.#keyOf(key)));
  }

  /** Milliseconds until it begins anew; null: it does not; undefined: there is none. */
  async ttl(key: string): Promise<number | null | undefined> {
    checkKey("ttl", key);
    return this.#guard.ttl(this.#keyOf(key));
  }

  close(): Promise<void> {
    return this.#guard.close();
  }

  #keyOf(key: string): string {
    return `${this.#name}:${key}`;
  }
}

/** Decimal digits, as every store gives its counters. */
function numberIn(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : Number(new TextDecoder().decode(bytes)) || 0;
}
