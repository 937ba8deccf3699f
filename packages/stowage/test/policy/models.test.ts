/** Every policy names the same victims as its naive model, whatever happens to the entries in between. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { createPolicy } from "../../src/cache/policy/create.js";
import type { Policy } from "../../src/cache/policy/policy.js";
import { PolicyDriver } from "../../src/testing/policy-driver.js";
import { type Model, models } from "./models.js";

/** Policy and model side by side: each call goes to both, and they have to name the same victim. */
function beside(policy: Policy, model: Model): Policy {
  return {
    name: `${policy.name} beside its model`,
    resize: (capacity) => policy.resize(capacity),
    reserve: (slots) => policy.reserve(slots),
    added: (slot, hash) => both((one) => one.added(slot, hash)),
    hit: (slot) => both((one) => one.hit(slot)),
    written: (slot) => both((one) => one.written(slot)),
    removed: (slot, hash) => both((one) => one.removed(slot, hash)),
    clear: () => both((one) => one.clear()),
    verify: (slots) => policy.verify?.(slots),
    victim() {
      const [expected, actual] = [model.victim(), policy.victim()];
      if (expected !== actual) throw new Error(`the model evicts slot ${expected}, the policy ${actual}`);
      return actual;
    },
  };

  function both(call: (one: Policy | Model) => void): void {
    call(policy);
    call(model);
  }
}

/** `pick` chooses among the slots in use. Hits come twice as often as the rest, or nothing would ever be hot. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("add"), pick: fc.nat(40) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("hit"), pick: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("write"), pick: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove"), pick: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict"), pick: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ask"), pick: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resize"), pick: fc.nat(40) }) },
);
const steps = fc.array(step, { maxLength: 300, size: "max" });

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function apply(driver: PolicyDriver, { kind, pick }: Step): void {
  if (kind === "add") driver.add(pick);
  else if (kind === "resize") driver.resize(pick + 1);
  else if (driver.length > 0) use(driver, kind, driver.slots()[pick % driver.length]);
}

function use(driver: PolicyDriver, kind: string, slot: number): void {
  if (kind === "hit") driver.hit(slot);
  else if (kind === "write") driver.write(slot);
  else if (kind === "remove") driver.remove(slot);
  else if (kind === "evict") driver.evict();
  else driver.victim();
}

describe("names the victims that its model names", () => {
  for (const name of Object.keys(models) as (keyof typeof models)[]) {
    it(name, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 40 }), steps, steps, (capacity, before, after) => {
          const driver = new PolicyDriver(beside(createPolicy(name), models[name]()), { capacity });
          for (const one of before) apply(driver, one);
          driver.clear();
          for (const one of after) apply(driver, one);
          driver.drain();
        }),
        { numRuns: 300 },
      );
    });
  }
});
