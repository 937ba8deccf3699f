/** How often somebody may do something: fixed windows, sliding windows, token buckets. */
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { InvalidOptionError, StoreUnavailableError } from "../../base/errors.js";
import { choice, duration, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { checkCount, checkKey } from "../common/check.js";
import { clockOption, maxOption, nameOption, redisOption, timeoutOption } from "../common/options.js";
import { RedisAsking, type RedisPlace } from "../common/redis.js";
import { type Limits, MemoryLimits } from "./limits.js";
import { RedisLimits } from "./redis-limits.js";
import type { LimitAnswer, LimitKind } from "./rules.js";

/** What `new RateLimiter(options)` takes; `limit` and `window` have to be there. */
export interface RateLimiterOptions {
  /** So much in a window, 1,000,000 at most. */
  limit: number;
  /** A day at most. */
  window: Duration;
  /**
   * `"fixed"`: a window begins with its first use and then all of it is free again; cheapest, and up to twice the limit may fall around
   * the border of two. `"sliding"`: never more than the limit in any stretch as long as the window; remembers each use within
   * it. `"bucket"`: the limit flows in evenly, and up to `burst` gathers. Default `"sliding"`.
   */
  kind?: LimitKind;
  /** What a bucket holds. Default: the limit. */
  burst?: number;
  /** Stands before the keys in Redis. Default `"limit"`. */
  name?: string;
  /** Keys that memory holds; the one that was not used for longest goes, and begins anew. Default 100,000. */
  max?: number;
  /** What is answered while Redis does not: `"throw"`: the call rejects; `"allow"` and `"refuse"` say for themselves. Default `"throw"`. */
  whenAway?: "throw" | "allow" | "refuse";
  /** Where Redis or Valkey is. Default: none; this process counts for itself. */
  redis?: RedisPlace;
  /** How long Redis may take to answer. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. With Redis, its own time counts. */
  clock?: Clock;
}

const LIMIT_MAX = 1_000_000;
/** A day: with the largest limit all that is reckoned stays within 53 bits. */
const WINDOW_MS_MAX = 86_400_000;

const limit = wholeNumber({ min: 1, max: LIMIT_MAX });

const rateLimiterOptions = declareOptions(
  {
    limit: option<number, undefined>({ type: limit, default: undefined, meaning: "so much in a window" }),
    window: option<number, undefined>({ type: duration, default: undefined, meaning: "a day at most" }),
    kind: option({
      type: choice("fixed", "sliding", "bucket"),
      default: "sliding",
      meaning: "how it is counted",
    }),
    burst: option<number, undefined>({
      type: limit,
      default: undefined,
      defaultText: "the limit",
      meaning: "what a bucket holds",
    }),
    name: nameOption("limit"),
    max: maxOption,
    whenAway: option({
      type: choice("throw", "allow", "refuse"),
      default: "throw",
      meaning: "what is answered while Redis does not",
    }),
    redis: redisOption,
    timeout: timeoutOption,
    clock: clockOption,
  } satisfies Declares<RateLimiterOptions>,
  [
    {
      options: ["burst", "kind"],
      when: ({ burst, kind }) => burst !== undefined && kind !== "bucket",
      right: 'only a limiter of the kind "bucket" has a burst',
    },
    {
      options: ["window"],
      when: ({ window }) => window !== undefined && window > WINDOW_MS_MAX,
      right: "a window is a day at most",
    },
  ],
);

/**
 * @throws InvalidOptionError for an option that is unknown or wrong, or where there is no limit or no window
 * @example
 * const limiter = new RateLimiter({ limit: 100, window: "1m", redis: "redis://localhost:6379" });
 * const { allowed, remaining, retryMs } = await limiter.take(ip);
 */
export class RateLimiter {
  readonly #limits: Limits;
  readonly #whenAway: "throw" | "allow" | "refuse";
  readonly #limit: number;
  readonly #windowMs: number;
  #unanswered = 0;

  constructor(options: RateLimiterOptions) {
    const bound = rateLimiterOptions.bind(options, "new RateLimiter");
    const { name, max, redis, timeout, clock, kind } = bound;
    this.#limit = given(bound.limit, "limit");
    this.#windowMs = given(bound.window, "window");
    this.#whenAway = bound.whenAway;
    const rules = { kind, limit: this.#limit, windowMs: this.#windowMs, burst: bound.burst ?? this.#limit };
    this.#limits =
      redis === undefined
        ? new MemoryLimits(rules, clock, max)
        : new RedisLimits(new RedisAsking(redis, clock, timeout), name, rules);
  }

  /** How often Redis gave no answer and `whenAway` did. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Takes so much, if there is so much left; nothing, if there is not. */
  async take(key: string, cost = 1): Promise<LimitAnswer> {
    checkKey("take", key);
    checkCount("take", "the cost", cost);
    return this.#ask(key, cost);
  }

  /** What is left, and takes nothing. */
  async peek(key: string): Promise<LimitAnswer> {
    checkKey("peek", key);
    return this.#ask(key, 0);
  }

  /** All of it is there again. */
  async reset(key: string): Promise<void> {
    checkKey("reset", key);
    await this.#limits.reset(key);
  }

  /** A client that was given stays open. */
  close(): Promise<void> {
    return this.#limits.close();
  }

  async #ask(key: string, cost: number): Promise<LimitAnswer> {
    try {
      return await this.#limits.take(key, cost);
    } catch (error) {
      if (this.#whenAway === "throw" || !(error instanceof StoreUnavailableError)) throw error;
      this.#unanswered++;
      const allowed = this.#whenAway === "allow";
      return {
        allowed,
        remaining: allowed ? this.#limit : 0,
        resetMs: allowed ? 0 : this.#windowMs,
        retryMs: allowed ? 0 : this.#windowMs,
      };
    }
  }
}

function given(value: number | undefined, name: "limit" | "window"): number {
  if (value !== undefined) return value;
  const expected = rateLimiterOptions.specs[name].type.text;
  throw new InvalidOptionError({ where: "new RateLimiter", option: name, received: value, expected });
}
