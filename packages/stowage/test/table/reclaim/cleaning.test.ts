/** Memory of what is dead comes back by cleaning, and cleaning changes nothing that anybody sees. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { stage } from "./support.js";

describe("cleaning", () => {
  it("comes before eviction while much is dead", () => {
    const { table } = stage();
    for (let n = 0; n < 20_000; n++) table.set(`key ${n % 300}`, stamped(n % 300, n, 1_000));
    expect(table.stats().evictions).toBe(0);
    expect(table.size()).toBe(300);
  });

  it("keeps value, flags, version, time and tags", () => {
    const { table, clock } = stage({ evict: false });
    table.set("target", "value", { flags: 77, ttl: 60_000, tags: ["red"] });
    table.incr("counter", 41);
    const before = table.getEntry("target");
    const random = new Random(8);
    for (let n = 0; n < 5_000; n++) {
      const key = random.below(450);
      table.set(`key ${key}`, stamped(key, n, 1_000));
    }
    expect(table.stats().counts.segmentsCleaned).toBeGreaterThan(0);
    expect(table.getEntry("target")).toEqual(before);
    expect(table.incr("counter")).toBe(42);
    clock.advance(59_999);
    expect(table.has("target")).toBe(true);
    table.invalidateTag("red");
    expect(table.has("target")).toBe(false);
    table.verify();
  });

  type Step = readonly ["set" | "delete" | "incr" | "touch", key: number, bytes: number];
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.tuple(
      fc.constantFrom("set", "set", "set", "delete", "incr", "touch"),
      fc.nat(120),
      fc.oneof(fc.nat(500), fc.nat(3_000), fc.constant(9_000)),
    ) as fc.Arbitrary<Step>,
    { minLength: 500, maxLength: 1_500 },
  );

  it("loses nothing, whatever is done", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { table } = stage({ evict: false, memory: "2mb" });
        const model = new Map<string, number>();
        all.forEach(([what, key, bytes], n) => {
          const name = `${what === "incr" ? "counter" : "key"} ${key}`;
          if (what === "set") {
            table.set(name, stamped(key, n, bytes), { ttl: 1_000_000 });
            model.set(name, n);
          } else if (what === "delete") expect(table.delete(name)).toBe(model.delete(name));
          else if (what === "incr") model.set(name, table.incr(name));
          else expect(table.touch(name)).toBe(model.has(name));
        });
        expect(table.size()).toBe(model.size);
        for (const [name, wanted] of model) {
          const value = table.get(name) as Buffer;
          expect(name.startsWith("key") ? stampOf(value).write : Number(value.toString())).toBe(wanted);
        }
        table.verify();
      }),
      { numRuns: 40 },
    );
  });
});
