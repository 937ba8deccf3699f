/**
 * Deadlines from 1 ms to 100 years, time in random steps, and a plain list to compare with: what is due is gone, from
 * memory too, and what is not due is there. Deadlines change on the way, which is what wheels get wrong.
 */
import fc from "fast-check";
import { Cache } from "stowage";
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";

const numRuns = Number(process.env.STOWAGE_DEADLINE_RUNS ?? 150);
const YEAR_MS = 365 * 86_400_000;

/** As likely to be milliseconds as years: the exponent is drawn, not the number. Powers of 64 are where a wheel turns. */
const span = fc.oneof(
  fc
    .double({ min: 0, max: Math.log(100 * YEAR_MS), noNaN: true })
    .map((exponent) => Math.max(1, Math.floor(Math.exp(exponent)))),
  fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => Math.max(1, 64 ** power + off)),
);
const key = fc.nat(30);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("set" as const), key, ms: span }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const), key, ms: span }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("persist" as const), key, ms: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), key, ms: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass" as const), key, ms: span }) },
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Applies an action to the cache and to the list of deadlines; time is passed by the caller. */
function apply(
  cache: Cache<number, number>,
  deadlines: Map<number, number>,
  now: number,
  { do: verb, key: at, ms }: Action,
): void {
  if (verb === "set") {
    cache.set(at, at, { ttl: ms });
    deadlines.set(at, now + ms);
  } else if (verb === "expire") {
    const there = deadlines.has(at);
    expect(cache.expire(at, ms)).toBe(there);
    if (there) deadlines.set(at, now + ms);
  } else if (verb === "persist") {
    const there = deadlines.has(at);
    expect(cache.persist(at)).toBe(there);
    if (there) deadlines.set(at, Number.POSITIVE_INFINITY);
  } else if (verb === "delete") {
    expect(cache.delete(at)).toBe(deadlines.delete(at));
  }
}

function forget(deadlines: Map<number, number>, now: number): void {
  for (const [at, deadline] of deadlines) if (deadline <= now) deadlines.delete(at);
}

function compare(cache: Cache<number, number>, deadlines: Map<number, number>, clock: FakeClock): void {
  for (let at = 0; at <= 30; at += 1) {
    const deadline = deadlines.get(at);
    expect(cache.has(at), `key ${at}`).toBe(deadline !== undefined);
    if (deadline === undefined) continue;
    const left = cache.ttl(at);
    if (deadline === Number.POSITIVE_INFINITY) expect(left).toBe(null);
    else expect(left).toBe(deadline - clock.now());
  }
  cache.verify();
}

describe("deadlines", () => {
  it("purge takes all that is due and nothing else, whatever the steps", () => {
    const property = fc.property(fc.array(action, { minLength: 1, maxLength: 80 }), (actions) => {
      const clock = new FakeClock();
      const cache = new Cache<number, number>({ clock, janitor: false });
      const deadlines = new Map<number, number>();
      for (const one of actions) {
        if (one.do === "pass") clock.sleep(one.ms);
        const due = [...deadlines.values()].filter((deadline) => deadline <= clock.now()).length;
        forget(deadlines, clock.now());
        expect(cache.purge(), "how many were due").toBe(due);
        expect(cache.size(), "entries in memory").toBe(deadlines.size);
        apply(cache, deadlines, clock.now(), one);
        compare(cache, deadlines, clock);
      }
      cache.close();
    });
    fc.assert(property, { numRuns });
  });

  it("the janitor takes all that was due a while ago and nothing that is not", () => {
    const property = fc.property(fc.array(action, { minLength: 1, maxLength: 60 }), (actions) => {
      const clock = new FakeClock();
      const cache = new Cache<number, number>({ clock });
      const deadlines = new Map<number, number>();
      for (const one of actions) {
        apply(cache, deadlines, clock.now(), one);
        if (one.do === "pass") clock.sleep(one.ms);
        clock.advance(2_500);
        // What became due since the janitor's last visit, a second ago at most, may still be in memory.
        const lately = [...deadlines.values()].filter(
          (at) => at <= clock.now() && at > clock.now() - 1_100,
        ).length;
        forget(deadlines, clock.now());
        expect(cache.size(), "entries in memory").toBeGreaterThanOrEqual(deadlines.size);
        expect(cache.size(), "entries in memory").toBeLessThanOrEqual(deadlines.size + lately);
        compare(cache, deadlines, clock);
      }
      cache.close();
      expect(clock.pending).toBe(0);
    });
    fc.assert(property, { numRuns: Math.ceil(numRuns / 3) });
  });

  it("ten thousand random deadlines end each in its own millisecond", () => {
    const clock = new FakeClock();
    const cache = new Cache<number, number>({ clock, janitor: false });
    const deadlines = fc.sample(fc.integer({ min: 1, max: 20_000 }), { numRuns: 10_000, seed: 1 });
    for (const [n, ms] of deadlines.entries()) cache.set(n, n, { ttl: ms });
    const dueAt = new Map<number, number>();
    for (const ms of deadlines) dueAt.set(ms, (dueAt.get(ms) ?? 0) + 1);
    for (let ms = 1; ms <= 20_000; ms += 1) {
      clock.advance(1);
      expect(cache.purge()).toBe(dueAt.get(ms) ?? 0);
    }
    expect(cache.size()).toBe(0);
    cache.verify();
    cache.close();
  });

  it("idle entries that are used now and then end exactly one idle time after their last use", () => {
    const uses = fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 20 });
    const property = fc.property(uses, fc.boolean(), (steps, swept) => {
      const clock = new FakeClock();
      const cache = new Cache<string, number>({ clock, idle: 100, janitor: swept ? 10 : false });
      cache.set("a", 1);
      for (const ms of steps) {
        clock.advance(ms);
        expect(cache.get("a")).toBe(1);
      }
      clock.advance(99);
      expect(cache.peek("a")).toBe(1);
      clock.advance(1);
      expect(cache.peek("a")).toBeUndefined();
      clock.advance(1_000);
      if (swept) expect(cache.size()).toBe(0);
      cache.close();
    });
    fc.assert(property, { numRuns });
  });
});

describe("refresh starts the ttl anew that the entry was given", () => {
  const few = fc.constantFrom(100, 200, 350, null);
  const step = fc.oneof(
    fc.record({ do: fc.constant("set" as const), key: fc.nat(5), ttl: few }),
    fc.record({ do: fc.constant("expire" as const), key: fc.nat(5), ttl: few }),
    fc.record({ do: fc.constant("refresh" as const), key: fc.nat(5) }),
    fc.record({ do: fc.constant("end" as const), key: fc.nat(5) }),
  );

  it("whatever others were given", () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });
    fc.assert(
      fc.property(steps, (all) => {
        const clock = new FakeClock();
        const cache = new Cache<number, number>({ clock, janitor: false });
        const given = new Map<number, number | null>();
        for (const each of all) {
          clock.advance(1);
          if (each.do === "set") cache.set(each.key, 1, { ttl: each.ttl });
          else if (each.do === "expire") cache.expire(each.key, each.ttl);
          else if (each.do === "refresh") cache.refresh(each.key);
          else cache.expireAt(each.key, 0);
          if (each.do === "end") given.delete(each.key);
          else if (each.do === "set" || (each.do === "expire" && given.has(each.key)))
            given.set(each.key, each.ttl);
          if (each.do !== "refresh") continue;
          expect(cache.ttl(each.key)).toBe(given.get(each.key));
        }
        for (const { key: at, ttl } of cache.export()) expect(ttl).toBe(given.get(at) ?? undefined);
        cache.verify();
      }),
      { numRuns },
    );
  });
});
