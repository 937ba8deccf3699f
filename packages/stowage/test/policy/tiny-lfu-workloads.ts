/** Request streams and a replay for the tests of w-tinylfu: keys are small integers, everything is drawn from a seed. */
import type { Policy } from "../../src/cache/policy/policy.js";
import { seededRandom } from "../../src/testing/policy-driver.js";

/** A 32-bit hash of a key, as the cache would give it. */
export function hashOf(key: number): number {
  let hash = Math.imul(key + 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** A cache of slots and nothing else: get, and on a miss set. */
export class Replay {
  hits = 0;
  readonly #slots = new Map<number, number>();
  readonly #keys: number[] = [];
  readonly #free: number[] = [];

  constructor(
    readonly policy: Policy,
    readonly capacity: number,
    readonly hash: (key: number) => number = hashOf,
  ) {
    policy.resize(capacity);
  }

  has(key: number): boolean {
    return this.#slots.has(key);
  }

  request(key: number): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#add(key);
    else {
      this.hits++;
      this.policy.hit(slot);
    }
  }

  /** The share of the requests that hit. */
  hitRatio(keys: Iterable<number>): number {
    const before = this.hits;
    let requests = 0;
    for (const key of keys) {
      this.request(key);
      requests++;
    }
    return (this.hits - before) / requests;
  }

  verify(): void {
    this.policy.verify?.([...this.#slots.values()]);
  }

  /** Evicts until at most so many entries are left. */
  shrink(entries: number): void {
    while (this.#slots.size > entries) {
      const slot = this.policy.victim();
      this.policy.removed(slot, this.hash(this.#keys[slot]));
      this.#slots.delete(this.#keys[slot]);
      this.#free.push(slot);
    }
  }

  #add(key: number): void {
    this.shrink(this.capacity - 1);
    const slot = this.#free.pop() ?? this.#keys.length;
    this.policy.reserve(slot + 1);
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.policy.added(slot, this.hash(key));
  }
}

/** Keys 0 to keys - 1, the k-th with a probability in proportion to 1 / (k + 1) ** skew. */
export function zipf(keys: number, skew: number, seed: number): () => number {
  const random = seededRandom(seed);
  const sums = new Float64Array(keys);
  let sum = 0;
  for (let key = 0; key < keys; key++) {
    sum += 1 / (key + 1) ** skew;
    sums[key] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = keys - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export function requests(count: number, draw: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => draw(index));
}
