/**
 * Plays the cache for a policy under test: gives out slots, keeps the list of those in use, and checks each victim.
 *
 * Slots are reused last out, first in, as the cache does; `firstSlot` and `stride` spread them out instead, since a policy
 * may not rely on slots coming in order.
 */
import type { Policy } from "../cache/policy/policy.js";
import { identical, ok } from "./check.js";

export interface DriverOptions {
  readonly capacity: number;
  readonly firstSlot?: number;
  readonly stride?: number;
  /** Call the policy's verify after each step (default), or leave that to the test. */
  readonly verify?: boolean;
}

export class PolicyDriver {
  readonly #policy: Policy;
  /** The slots in use, each with the hash that it was added with. */
  readonly #used = new Map<number, number>();
  readonly #free: number[] = [];
  readonly #stride: number;
  readonly #verifies: boolean;
  #capacity: number;
  #nextSlot: number;

  constructor(policy: Policy, { capacity, firstSlot = 0, stride = 1, verify = true }: DriverOptions) {
    this.#policy = policy;
    this.#capacity = capacity;
    this.#nextSlot = firstSlot;
    this.#stride = stride;
    this.#verifies = verify;
    policy.resize(capacity);
    policy.reserve(firstSlot + 1);
  }

  get length(): number {
    return this.#used.size;
  }

  slots(): number[] {
    return [...this.#used.keys()];
  }

  /** A slot that is not in use. */
  freeSlot(): number {
    return this.#free.at(-1) ?? this.#nextSlot;
  }

  /** A new entry, as the cache adds one: at the bound the victim goes first. */
  add(hash: number): number {
    while (this.#used.size >= this.#capacity) this.evict();
    const slot = this.#free.pop() ?? this.#newSlot();
    this.#used.set(slot, hash);
    this.#policy.added(slot, hash);
    this.#step();
    return slot;
  }

  victim(): number {
    const slot = this.#policy.victim();
    ok(this.#used.has(slot), `the victim is slot ${slot}, which holds no entry`);
    this.#step();
    return slot;
  }

  evict(): number {
    const slot = this.victim();
    this.remove(slot);
    return slot;
  }

  remove(slot: number): void {
    const hash = this.#used.get(slot) ?? 0;
    this.#used.delete(slot);
    this.#free.push(slot);
    this.#policy.removed(slot, hash);
    this.#step();
  }

  hit(slot: number): void {
    this.#policy.hit(slot);
    this.#step();
  }

  write(slot: number): void {
    this.#policy.written(slot);
    this.#step();
  }

  hitAll(): void {
    for (const slot of this.slots()) this.hit(slot);
  }

  writeAll(): void {
    for (const slot of this.slots()) this.write(slot);
  }

  /** The bound changes; what is over it goes at once. */
  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#policy.resize(capacity);
    while (this.#used.size > capacity) this.evict();
    this.#step();
  }

  clear(): void {
    this.#free.push(...this.slots());
    this.#used.clear();
    this.#policy.clear();
    this.#step();
  }

  /** Evicts until nothing is left: each entry has to come exactly once. */
  drain(): void {
    const entries = this.#used.size;
    for (let evicted = 0; evicted < entries; evicted++) this.evict();
    identical(this.#used.size, 0, "entries left after draining");
    this.verify();
  }

  /** Steps of every kind, drawn by `random`. */
  walk(steps: number, random: () => number): void {
    for (let step = 0; step < steps; step++) {
      const slots = this.slots();
      const slot = slots[Math.floor(random() * slots.length)];
      const kind = random();
      if (slot === undefined || kind < 0.4) this.add(Math.floor(random() * 40) * 0x9e3779b1);
      else if (kind < 0.7) this.hit(slot);
      else if (kind < 0.8) this.write(slot);
      else if (kind < 0.9) this.remove(slot);
      else this.evict();
    }
  }

  verify(): void {
    this.#policy.verify?.(this.slots());
  }

  #newSlot(): number {
    const slot = this.#nextSlot;
    this.#nextSlot += this.#stride;
    this.#policy.reserve(slot + 1);
    return slot;
  }

  #step(): void {
    if (this.#verifies) this.verify();
  }
}

/** Numbers from 0 up to 1, the same for the same seed (xorshift32). */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
