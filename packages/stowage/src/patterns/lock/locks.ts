/** Locks among all processes: one holds a key, with a fence that grows, renewed while it lives. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { ClosedError, InvalidOptionError, LockTimeoutError } from "../../base/errors.js";
import { checked, choice, duration, either, functionOf, objectWith } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { fullJitter } from "../../resilience/backoff.js";
import { Deadline, DeadlineExceeded } from "../../resilience/deadline.js";
import type { Store } from "../../stores/store.js";
import { StoreGuard } from "../../tiered/guard/index.js";
import { checkKey } from "../common/check.js";
import { clockOption, nameOption, redisOption, timeoutOption } from "../common/options.js";
import { RedisAsking, type RedisPlace } from "../common/redis.js";
import { HeldLock } from "./held-lock.js";
import type { LockPlace, Taken } from "./place.js";
import { RedisLocks } from "./redis-locks.js";
import { StoreLocks } from "./store-locks.js";

/** What `new Locks(options)` takes; `redis` or `store` has to be there. */
export interface LocksOptions {
  /** Where Redis or Valkey is: a lock is one script there. */
  redis?: RedisPlace;
  /** Any store that has leases and counters. It is closed with the locks. */
  store?: Store;
  /** Stands before the keys. Default `"lock"`. */
  name?: string;
  /** After this time a lock is free whose holder died. Default `"30s"`. */
  ttl?: Duration;
  /** How often a lock that is held is renewed; false: it ends after `ttl`. Default: three times in `ttl`. */
  renewEvery?: Duration | false;
  /** How long to wait for one that is held; 0: not at all. Default `"10s"`. */
  wait?: Duration | 0;
  /** It is tried again after pauses that grow up to this one, at random. Default `"250ms"`. */
  retryEvery?: Duration;
  /** How long a call of Redis, or of the store, may take. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. */
  clock?: Clock;
  /** Numbers from 0 up to 1, for pauses. Default: `Math.random`. */
  random?: () => number;
}

/** What `acquire`, `tryAcquire` and `with` take. */
export interface AcquireOptions {
  /** Instead of the locks' own. */
  wait?: Duration | 0;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

const TTL_MS = 30_000;
const WAIT_MS = 10_000;
const RETRY_MS = 250;
const RENEWALS = 3;

const waiting = either(choice(0), duration);

const locksOptions = declareOptions(
  {
    redis: redisOption,
    store: option<Store, undefined>({
      type: objectWith<Store>("a store", "getMany", "setMany", "deleteMany"),
      default: undefined,
      meaning: "any that has leases and counters",
    }),
    name: nameOption("lock"),
    ttl: option({
      type: duration,
      default: TTL_MS,
      defaultText: '`"30s"`',
      meaning: "after this time a lock is free whose holder died",
    }),
    renewEvery: option<number | false, undefined>({
      type: either(choice(false), duration),
      default: undefined,
      defaultText: "three times in `ttl`",
      meaning: "how often a lock that is held is renewed",
    }),
    wait: option<number>({
      type: waiting,
      default: WAIT_MS,
      defaultText: '`"10s"`',
      meaning: "how long to wait for one that is held",
    }),
    retryEvery: option({
      type: duration,
      default: RETRY_MS,
      defaultText: '`"250ms"`',
      meaning: "the longest pause between two tries",
    }),
    timeout: timeoutOption,
    clock: clockOption,
    random: option<() => number>({
      type: functionOf("() => number"),
      default: Math.random,
      defaultText: "`Math.random`",
      meaning: "for pauses",
    }),
  } satisfies Declares<LocksOptions>,
  [
    {
      options: ["redis", "store"],
      when: ({ redis, store }) => (redis === undefined) === (store === undefined),
      right: "give one of the two",
    },
    {
      options: ["renewEvery", "ttl"],
      when: ({ renewEvery, ttl }) => typeof renewEvery === "number" && renewEvery >= ttl,
      right: "it has to be renewed before its time is over",
    },
  ],
);

const acquireOptions = declareOptions({
  wait: option<number, undefined>({ type: waiting, default: undefined }),
  signal: option<AbortSignal, undefined>({
    type: checked("an AbortSignal", (value) => value instanceof AbortSignal),
    default: undefined,
  }),
} satisfies Declares<AcquireOptions>);

/**
 * A lock keeps others away as long as all agree on time about; what must not go wrong even when they do not is checked by the
 * fence, where the change is made.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong, or a store without leases or counters
 * @example
 * const locks = new Locks({ redis: "redis://localhost:6379" });
 * await locks.with("report", async ({ fence, signal }) => { await writeReport({ fence, signal }); });
 */
export class Locks {
  readonly #place: LockPlace;
  readonly #options: ReturnType<typeof locksOptions.bind>;
  readonly #held = new Set<HeldLock>();
  #isClosed = false;

  constructor(options: LocksOptions) {
    this.#options = locksOptions.bind(options, "new Locks");
    this.#place = this.#placeOf();
  }

  /**
   * The lock of a key, as soon as it is free.
   *
   * Rejects with LockTimeoutError when it was not within `wait`, with StoreUnavailableError where the place does not answer, with the
   * signal's reason.
   */
  async acquire(key: string, options?: AcquireOptions): Promise<HeldLock> {
    checkKey("acquire", key);
    const { clock, wait: defaultWait } = this.#options;
    const { wait = defaultWait, signal } = acquireOptions.bind(options, "acquire");
    const sinceMs = clock.now();
    // One that does not wait tries once, however long that takes.
    const deadline = new Deadline(clock, wait === 0 ? Number.MAX_SAFE_INTEGER : wait, signal);
    try {
      for (let tries = 1; ; tries++) {
        const held = await this.#try(key, deadline);
        if (held instanceof HeldLock) return held;
        if (wait === 0) throw new LockTimeoutError(key, 0);
        await deadline.pause(this.#pauseMs(tries, held));
      }
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      throw new LockTimeoutError(key, Math.round(clock.now() - sinceMs));
    } finally {
      deadline.end();
    }
  }

  /** The lock if it is free now; undefined: somebody has it. */
  async tryAcquire(key: string): Promise<HeldLock | undefined> {
    try {
      return await this.acquire(key, { wait: 0 });
    } catch (error) {
      if (error instanceof LockTimeoutError) return undefined;
      throw error;
    }
  }

  /** Runs the function while the lock is held, and gives it back, whatever comes of it. Rejects as `acquire`, and as the function does. */
  async with<T>(key: string, run: (lock: HeldLock) => T | Promise<T>, options?: AcquireOptions): Promise<T> {
    const lock = await this.acquire(key, options);
    let outcome: T;
    try {
      outcome = await run(lock);
    } catch (error) {
      // What went wrong comes first; a lock that cannot be given back ends by its time.
      await lock.release().catch(() => undefined);
      throw error;
    }
    await lock.release();
    return outcome;
  }

  /** Gives back all that this one holds. A client that was given stays open. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled([...this.#held].map((lock) => lock.release()));
    await this.#place.close();
  }

  #placeOf(): LockPlace {
    const { redis, store, name, timeout, clock } = this.#options;
    if (redis !== undefined) return new RedisLocks(new RedisAsking(redis, clock, timeout), name);
    const guarded = store as Store;
    const { leases, counters } = guarded.abilities;
    if (!leases || !counters)
      throw new InvalidOptionError({
        where: "new Locks",
        option: "store",
        received: guarded.abilities.name,
        expected: "a store that has leases and counters",
      });
    return new StoreLocks(new StoreGuard(guarded, { timeout, clock }), name, clock);
  }

  /** For how long somebody else has it at the most; undefined: for a moment. */
  async #try(key: string, deadline: Deadline): Promise<HeldLock | number | undefined> {
    if (this.#isClosed) throw new ClosedError("acquire");
    if (deadline.isCancelled) throw deadline.reason;
    const { clock, ttl: ttlMs, renewEvery = Math.ceil(ttlMs / RENEWALS) } = this.#options;
    const sinceMs = clock.now();
    const owner = randomUUID();
    const taken = await this.#take(key, owner, ttlMs);
    if (!taken.isTaken) return taken.leftMs;
    if (this.#isClosed || deadline.isCancelled) {
      await this.#place.release(key, owner).catch(() => undefined);
      throw this.#isClosed ? new ClosedError("acquire") : deadline.reason;
    }
    const { fence } = taken;
    const held: HeldLock = new HeldLock({
      place: this.#place,
      clock,
      key,
      owner,
      ttlMs,
      everyMs: renewEvery || 0,
      fence,
      sinceMs,
      onEnd: () => this.#held.delete(held),
    });
    this.#held.add(held);
    return held;
  }

  /** Where no answer came, it may have been taken all the same: it is given back, if that can be said. */
  async #take(key: string, owner: string, ttlMs: number): Promise<Taken> {
    try {
      return await this.#place.take(key, owner, ttlMs);
    } catch (error) {
      this.#place.release(key, owner).catch(() => undefined);
      throw error;
    }
  }

  #pauseMs(tries: number, leftMs: number | undefined): number {
    const { retryEvery, random } = this.#options;
    const pauseMs = fullJitter(tries, { capMs: retryEvery, random });
    return Math.max(1, leftMs === undefined ? pauseMs : Math.min(pauseMs, leftMs));
  }
}
