/** The policy suite fails on policies that are broken in the ways policies break. */
import { describe, expect, it } from "vitest";
import { FifoPolicy } from "../../src/cache/policy/fifo.js";
import { LruPolicy } from "../../src/cache/policy/lru.js";
import type { Policy } from "../../src/cache/policy/policy.js";
import { S3FifoPolicy } from "../../src/cache/policy/s3-fifo.js";
import { SievePolicy } from "../../src/cache/policy/sieve.js";
import { failingPolicyCases } from "../../src/testing/policy-suite.js";

/** Overrides one method of a sound policy; `verify` goes too, so that the suite's own eyes have to see it. */
function broken(Sound: new () => Policy, fault: (policy: Policy) => Partial<Policy>): () => Policy {
  return () => {
    const policy = new Sound();
    return Object.assign(policy, { verify: undefined }, fault(policy));
  };
}

const faults: Record<string, () => Policy> = {
  "names a slot that never held an entry": broken(FifoPolicy, () => ({ victim: () => 1_000_000 })),
  "names no slot": broken(FifoPolicy, () => ({ victim: () => -1 })),
  "names the same slot for ever": broken(FifoPolicy, () => ({ victim: () => 0 })),
  "never evicts the oldest": broken(FifoPolicy, (policy) => ({
    removed() {},
    victim: () => FifoPolicy.prototype.victim.call(policy),
  })),
  "forgets that an entry was removed": broken(LruPolicy, () => ({ removed() {} })),
  "removes by itself when asked": broken(FifoPolicy, (policy) => ({
    victim() {
      const slot = FifoPolicy.prototype.victim.call(policy);
      FifoPolicy.prototype.removed.call(policy, slot);
      return slot;
    },
    removed() {},
  })),
  "loses an entry on a hit": broken(FifoPolicy, (policy) => ({
    hit: (slot) => FifoPolicy.prototype.removed.call(policy, slot),
  })),
  "adds an entry again on a write": broken(FifoPolicy, (policy) => ({
    written: (slot) => policy.added(slot, 0),
  })),
  "keeps its entries through clear": broken(SievePolicy, () => ({ clear() {} })),
  "does not grow": broken(S3FifoPolicy, () => ({ reserve() {} })),
  "throws on a hash above 2^31": broken(FifoPolicy, (policy) => ({
    added(slot, hash) {
      if (hash > 0x7fffffff) throw new RangeError("hash");
      FifoPolicy.prototype.added.call(policy, slot, hash);
    },
  })),
};

describe("the suite fails on a policy that", () => {
  for (const [fault, create] of Object.entries(faults)) {
    it(fault, () => expect(failingPolicyCases({ name: fault, create })).not.toEqual([]));
  }

  it("verifies whatever it is told", () => {
    const create = () => Object.assign(new LruPolicy(), { verify() {} });
    const failures = failingPolicyCases({ name: "gullible", create });
    expect(failures.map(({ name }) => name)).toEqual(["verify accepts the truth and nothing else"]);
  });
});

it("the suite passes on the sound ones that those were made from", () => {
  for (const Sound of [FifoPolicy, LruPolicy, SievePolicy, S3FifoPolicy]) {
    expect(failingPolicyCases({ name: Sound.name, create: broken(Sound, () => ({})) })).toEqual([]);
  }
});
