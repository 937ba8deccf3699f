/** Where limits are kept: in memory, or in Redis. */

import type { Clock } from "../../base/clock.js";
import { Cache } from "../../cache/cache.js";
import { type LimitAnswer, type LimitRules, type LimitState, livesMs, take } from "./rules.js";

export interface Limits {
  /** @param cost 0: only asks */
  take(key: string, cost: number): Promise<LimitAnswer>;
  reset(key: string): Promise<void>;
  close(): Promise<void>;
}

/** A bounded cache: a key that is forgotten begins anew. */
export class MemoryLimits implements Limits {
  readonly #rules: LimitRules;
  readonly #clock: Clock;
  readonly #states: Cache<string, LimitState>;

  constructor(rules: LimitRules, clock: Clock, max: number) {
    this.#rules = rules;
    this.#clock = clock;
    this.#states = new Cache<string, LimitState>({ max, clock, policy: "lru", stats: false });
  }

  async take(key: string, cost: number): Promise<LimitAnswer> {
    const { answer, state } = take(this.#rules, this.#states.get(key), Math.floor(this.#clock.now()), cost);
    // A millisecond more, since the time was rounded down.
    if (state !== undefined) this.#states.set(key, state, { ttl: livesMs(answer) + 1 });
    return answer;
  }

  async reset(key: string): Promise<void> {
    this.#states.delete(key);
  }

  async close(): Promise<void> {
    this.#states.close();
  }
}
