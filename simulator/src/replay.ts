/**
 * Replays a trace through a policy: the classes that the cache uses, driven by the least that can stand in for a cache.
 *
 * A request is a get, and on a miss a set. There are no values, no clock and no hash table (keys are numbers already), so
 * the time measured is the policy's own. through-cache.ts drives the whole cache instead.
 */
import { createPolicy, type PolicyName } from "../../packages/stowage/src/cache/policy/create.js";
import type { Policy } from "../../packages/stowage/src/cache/policy/policy.js";
import { seededRandom } from "./random.js";
import type { Trace } from "./trace.js";

export interface Replay {
  readonly hits: number;
  readonly seconds: number;
}

export type Replayer = (trace: Trace, policy: PolicyName, capacity: number) => Replay;

const ABSENT = -1;

export const replayPolicy: Replayer = (trace, name, capacity) => {
  const driver = new PolicyReplay(trace, createPolicy(name, { random: seededRandom() }), capacity);
  return timed(() => driver.run());
};

/** How often a replay hits, and how long it takes. */
export function timed(replay: () => number): Replay {
  const startedMs = performance.now();
  const hits = replay();
  return { hits, seconds: (performance.now() - startedMs) / 1_000 };
}

class PolicyReplay {
  readonly #trace: Trace;
  readonly #policy: Policy;
  readonly #slots: number;
  readonly #slotOf: Int32Array;
  readonly #keyAt: Int32Array;
  #used = 0;

  constructor(trace: Trace, policy: Policy, capacity: number) {
    this.#trace = trace;
    this.#policy = policy;
    this.#slots = Math.min(capacity, trace.keys.length);
    this.#slotOf = new Int32Array(trace.keys.length).fill(ABSENT);
    this.#keyAt = new Int32Array(this.#slots);
    policy.resize(capacity);
    policy.reserve(this.#slots);
  }

  run(): number {
    let hits = 0;
    for (const key of this.#trace.requests) {
      const slot = this.#slotOf[key];
      if (slot === ABSENT) {
        this.#store(key);
      } else {
        this.#policy.hit(slot);
        hits++;
      }
    }
    return hits;
  }

  #store(key: number): void {
    const slot = this.#used < this.#slots ? this.#used++ : this.#evict();
    this.#slotOf[key] = slot;
    this.#keyAt[slot] = key;
    this.#policy.added(slot, hashOf(key));
  }

  #evict(): number {
    const slot = this.#policy.victim();
    this.#policy.removed(slot, hashOf(this.#keyAt[slot]));
    this.#slotOf[this.#keyAt[slot]] = ABSENT;
    return slot;
  }
}

/** Spreads small numbers over 32 bits, as the hash of a key does (the finalizer of MurmurHash3). */
function hashOf(key: number): number {
  let hash = key + 1;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
