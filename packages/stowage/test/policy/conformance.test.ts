/** The published suite over every policy, and over the smallest policy that a user could write. */
import { describe, it } from "vitest";
import { createPolicy, policyNames } from "../../src/cache/policy/create.js";
import type { Policy } from "../../src/cache/policy/policy.js";
import { policySuite } from "../../src/testing/policy-suite.js";

/** Evicts at random, by arrays of its own; has no verify. */
class RandomPolicy implements Policy {
  readonly name = "random";
  readonly #slots: number[] = [];
  /** Where in `#slots` a slot stands. */
  readonly #places: number[] = [];

  resize(): void {}
  reserve(): void {}
  hit(): void {}
  written(): void {}
  added(slot: number): void {
    this.#places[slot] = this.#slots.push(slot) - 1;
  }
  removed(slot: number): void {
    const last = this.#slots.pop() as number;
    if (last === slot) return;
    this.#slots[this.#places[slot]] = last;
    this.#places[last] = this.#places[slot];
  }
  victim(): number {
    return this.#slots[Math.floor(Math.random() * this.#slots.length)];
  }
  clear(): void {
    this.#slots.length = 0;
  }
}

for (const name of policyNames) policySuite({ name, create: () => createPolicy(name) }, { describe, it });
policySuite({ name: "a user's own", create: () => new RandomPolicy() }, { describe, it });
