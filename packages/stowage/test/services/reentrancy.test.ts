/**
 * Any script of verbs, with a listener and a hook that call further verbs of the script whenever they are told: the cache
 * is whole after every step, within its bounds, and gives no value that was not the last one written to its key.
 */
import fc from "fast-check";
import { Cache, policyNames } from "stowage";
import { FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";

const key = fc.nat(11).map((n) => `k${n}`);
const step = fc.record({
  verb: fc.constantFrom(
    ...([
      "set",
      "set",
      "set",
      "heavy",
      "tagged",
      "mortal",
      "idle",
      "setMany",
      "get",
      "getMany",
      "take",
      "delete",
    ] as const),
    ...([
      "incr",
      "update",
      "expire",
      "expireAt",
      "persist",
      "refresh",
      "touch",
      "invalidate",
      "purge",
      "prune",
    ] as const),
    ...(["resize", "clear", "reset", "import", "fetch", "transaction", "pass", "sleep", "execute"] as const),
  ),
  key,
  amount: fc.integer({ min: 1, max: 9 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const numRuns = Number(process.env.STOWAGE_REENTRANCY_RUNS ?? 40);
/** How deep verbs call verbs. */
const DEPTH_MAX = 4;

class Scene {
  readonly clock = new FakeClock();
  readonly cache: Cache<string, number>;
  readonly #inner: Step[];
  readonly written = new Map<string, Set<number>>();
  #value = 0;
  #depth = 0;

  constructor(policy: (typeof policyNames)[number], weighed: boolean, inner: Step[]) {
    this.#inner = inner;
    const bound = policy === "none" ? {} : weighed ? { maxWeight: 20 } : { max: 6 };
    this.cache = new Cache<string, number>({
      clock: this.clock,
      policy,
      ...bound,
      onRemoval: () => this.#interfere(),
      hooks: [{ when: "after", on: ["touch", "get"], handle: () => this.#interfere() }],
      onError: (error) => expect.unreachable(String(error)),
    });
  }

  /** Takes the next step of the inner script, in the middle of whatever goes on. */
  #interfere(): void {
    const next = this.#depth < DEPTH_MAX ? this.#inner.pop() : undefined;
    if (next !== undefined) this.do(next);
  }

  #next(at: string): number {
    const values = this.written.get(at) ?? new Set();
    this.written.set(at, values.add(++this.#value));
    return this.#value;
  }

  do({ verb, key: at, amount }: Step): void {
    const { cache } = this;
    this.#depth++;
    if (verb === "set") cache.set(at, this.#next(at));
    else if (verb === "heavy") cache.set(at, this.#next(at), { weight: amount * 3 });
    else if (verb === "tagged") cache.set(at, this.#next(at), { tags: [`t${amount % 3}`] });
    else if (verb === "mortal") cache.set(at, this.#next(at), { ttl: amount * 3 });
    else if (verb === "idle") cache.set(at, this.#next(at), { idle: amount * 3 });
    else if (verb === "setMany")
      cache.setMany([at, "k0", "k5"].map((each) => [each, this.#next(each)] as const));
    else if (verb === "import")
      cache.import([{ key: at, value: this.#next(at), expiresAt: this.clock.wall() + amount }]);
    else if (verb === "update") cache.update(at, this.#next(at));
    else if (verb === "incr")
      this.written.get(at)?.add(cache.incr(at, amount * 1_000, { default: this.#next(at) }));
    else if (verb === "get") this.#check(at, cache.get(at));
    else if (verb === "getMany")
      for (const [each, value] of cache.getMany([at, "k1", "k2"])) this.#check(each, value);
    else if (verb === "take") this.#check(at, cache.take(at));
    else if (verb === "expire") cache.expire(at, amount);
    else if (verb === "expireAt") cache.expireAt(at, this.clock.wall() + amount - 3);
    else if (verb === "fetch") void cache.fetch(at, () => this.#next(at), { ttl: amount, grace: 5 });
    else if (verb === "transaction")
      void cache.transaction([at], (tx) => tx.set(at, this.#next(at))).catch(() => undefined);
    else if (verb === "execute") cache.execute((inner) => inner.set(at, this.#next(at), { ttl: amount }));
    else this.#doOther(verb, at, amount);
    this.#depth--;
  }

  #doOther(verb: Step["verb"], at: string, amount: number): void {
    const { cache, clock } = this;
    if (verb === "delete" || verb === "persist" || verb === "refresh" || verb === "touch") cache[verb](at);
    else if (verb === "invalidate") cache.invalidateTag(`t${amount % 3}`);
    else if (verb === "prune") cache.prune(amount);
    else if (verb === "resize" && cache.inspect().max !== null) cache.resize({ max: amount });
    else if (verb === "resize" && cache.inspect().maxWeight !== null) cache.resize({ maxWeight: amount * 3 });
    else if (verb === "clear" || verb === "reset" || verb === "purge") cache[verb]();
    else if (verb === "pass" && this.#depth === 1) clock.advance(amount);
    else if (verb === "sleep") clock.sleep(amount);
  }

  #check(at: string, value: number | undefined): void {
    if (value !== undefined && !this.written.get(at)?.has(value)) expect.unreachable(`${at} gave ${value}`);
  }

  verify(): void {
    this.cache.verify();
    for (const [at, value] of this.cache) this.#check(at, value);
    const { size, max, weight, maxWeight } = this.cache.inspect();
    expect(size).toBeLessThanOrEqual(max ?? Number.POSITIVE_INFINITY);
    expect(weight).toBeLessThanOrEqual(maxWeight ?? Number.POSITIVE_INFINITY);
  }
}

describe("verbs called in the middle of verbs", () => {
  it.each(policyNames)("leave the cache whole, under %s", async (policy) => {
    const script = fc.array(step, { minLength: 1, maxLength: 60, size: "max" });
    const property = fc.asyncProperty(script, script, fc.boolean(), async (outer, inner, weighed) => {
      const scene = new Scene(policy, weighed, inner);
      for (const [n, each] of outer.entries()) {
        scene.do(each);
        scene.verify();
        if (n % 10 === 9) await settle();
      }
      await settle();
      scene.verify();
      scene.cache.close();
      expect(scene.clock.pending, "timers left").toBe(0);
    });
    await fc.assert(property, { numRuns });
  });
});
