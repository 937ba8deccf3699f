/**
 * The conformance suite of an eviction policy: what the cache relies on, whatever order a policy evicts in.
 *
 *   import { describe, it } from "node:test";            // or vitest, jest, mocha
 *   policySuite({ name: "my policy", create: () => new MyPolicy() }, { describe, it });
 *
 * Each case plays the cache's part of the contract in cache/policy/policy.ts and calls the policy's own `verify`, where it
 * has one, after every step. It draws its steps from a fixed seed: a failure comes back when run again. Left out: which
 * entry is the right victim, which only a model of the policy can say, and how long a call takes.
 */
import type { Policy } from "../cache/policy/policy.js";
import type { Failure, Runner } from "./cache-suite.js";
import { ok } from "./check.js";
import { PolicyDriver, seededRandom } from "./policy-driver.js";

export interface PolicySubject {
  readonly name: string;
  /** Makes a fresh policy. */
  create(): Policy;
}

interface PolicyCase {
  readonly name: string;
  readonly run: (create: () => Policy) => void;
}

/** Registers every case. */
export function policySuite({ name, create }: PolicySubject, { describe, it }: Runner): void {
  describe(name, () => {
    for (const one of policyCases) it(one.name, async () => one.run(create));
  });
}

/** Runs the suite without a runner and gives the failures back. */
export function failingPolicyCases({ create }: PolicySubject): Failure[] {
  const failures: Failure[] = [];
  for (const { name, run } of policyCases) {
    try {
      run(create);
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}

/** Slots in a small chunk, and enough to fill several: growth has to keep what is there. */
const MANY_SLOTS = 150_000;
const HASHES = [0, 1, -1, 0x7fffffff, -0x80000000, 0x80000000, 0xffffffff, 0xdeadbeef];

const policyCases: readonly PolicyCase[] = [
  {
    name: "names an entry as its victim in every state",
    run(create) {
      for (const capacity of [1, 2, 3, 10, 30]) {
        const driver = new PolicyDriver(create(), { capacity });
        driver.walk(2_000, seededRandom(capacity));
      }
    },
  },
  {
    name: "gives up every entry exactly once when drained",
    run(create) {
      for (const count of [1, 2, 3, 10, 101]) {
        const driver = new PolicyDriver(create(), { capacity: count });
        for (let hash = 0; hash < count; hash++) driver.add(hash);
        driver.drain();
      }
    },
  },
  {
    name: "gives up every entry when all of them are hot",
    run(create) {
      for (const count of [1, 2, 10, 101]) {
        const driver = new PolicyDriver(create(), { capacity: count });
        for (let hash = 0; hash < count; hash++) driver.add(hash);
        for (let round = 0; round < 20; round++) driver.hitAll();
        driver.drain();
      }
    },
  },
  {
    name: "does not remove by being asked for a victim",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 20 });
      for (let hash = 0; hash < 20; hash++) driver.add(hash);
      driver.hitAll();
      for (let asked = 0; asked < 100; asked++) driver.victim();
      driver.drain();
    },
  },
  {
    name: "never names an entry that was removed",
    run(create) {
      for (const kept of [0, 1, 2]) {
        const driver = new PolicyDriver(create(), { capacity: 90 });
        for (let hash = 0; hash < 90; hash++) driver.add(hash);
        for (const slot of driver.slots()) if (slot % 3 !== kept) driver.remove(slot);
        driver.drain();
      }
    },
  },
  {
    name: "forgets the victim it named when another entry leaves in its place",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 10 });
      for (let hash = 0; hash < 500; hash++) {
        if (driver.length === 10) {
          driver.victim();
          driver.remove(driver.slots()[hash % 10]);
        }
        driver.add(hash % 40);
      }
      driver.drain();
    },
  },
  {
    name: "keeps all entries through hits and writes",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 12 });
      for (let hash = 0; hash < 12; hash++) driver.add(hash);
      for (let round = 0; round < 40; round++) {
        driver.hitAll();
        driver.writeAll();
      }
      driver.drain();
    },
  },
  {
    name: "starts afresh after clear",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 15 });
      for (let round = 0; round < 5; round++) {
        driver.walk(200, seededRandom(round + 1));
        driver.clear();
        driver.add(round);
        driver.drain();
      }
    },
  },
  {
    name: "follows a bound that grows and shrinks",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 50 });
      const random = seededRandom(7);
      for (const capacity of [5, 200, 1, 40, Number.POSITIVE_INFINITY, 20]) {
        driver.resize(capacity);
        driver.walk(400, random);
      }
      driver.drain();
    },
  },
  {
    name: "works without a bound on entries",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: Number.POSITIVE_INFINITY });
      for (let hash = 0; hash < 300; hash++) driver.add(hash);
      driver.hitAll();
      for (let evicted = 0; evicted < 150; evicted++) driver.evict();
      driver.walk(300, seededRandom(3));
      driver.drain();
    },
  },
  {
    name: "takes any 32-bit hash, also the same one for many keys",
    run(create) {
      for (const hashes of [HASHES, [0], [-1], [0x80000000, -0x80000000]]) {
        const driver = new PolicyDriver(create(), { capacity: 10 });
        for (let step = 0; step < 300; step++) driver.add(hashes[step % hashes.length]);
        driver.drain();
      }
    },
  },
  {
    name: "takes slots in any order and grows with them",
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: 64, firstSlot: 3_000, stride: 7 });
      driver.walk(500, seededRandom(11));
      driver.drain();
    },
  },
  {
    name: `keeps its entries while it grows to ${MANY_SLOTS} slots`,
    run(create) {
      const driver = new PolicyDriver(create(), { capacity: MANY_SLOTS, verify: false });
      for (let hash = 0; hash < MANY_SLOTS; hash++) driver.add(hash * 0x9e3779b1);
      driver.hitAll();
      for (let step = 0; step < 1_000; step++) driver.add(step);
      driver.verify();
      driver.drain();
    },
  },
  {
    name: "verify accepts the truth and nothing else",
    run(create) {
      const policy = create();
      if (policy.verify === undefined) return;
      const driver = new PolicyDriver(policy, { capacity: 5 });
      for (let hash = 0; hash < 8; hash++) driver.add(hash);
      const slots = driver.slots();
      policy.verify([...slots].reverse());
      const lies = [[], slots.slice(1), [...slots, driver.freeSlot()], [...slots.slice(1), slots[1]]];
      for (const lie of lies) ok(refuses(policy, lie), `verify accepts [${lie}] for the slots [${slots}]`);
    },
  },
];

function refuses(policy: Policy, slots: readonly number[]): boolean {
  try {
    policy.verify?.(slots);
    return false;
  } catch {
    return true;
  }
}
