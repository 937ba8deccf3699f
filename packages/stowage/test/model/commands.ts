/**
 * The commands of the model test: what fast-check strings together, each run on the real cache and the naive one.
 *
 * A command is data (its name and arguments, so that a failure prints as a short script) and a function over the world.
 * What both return is compared in place; what both hold is compared after each command by `World.compare`.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { KEYS, TAGS, type World } from "./world.js";

type Step = (world: World) => void | Promise<void>;

class Command implements fc.AsyncCommand<World, World> {
  constructor(
    readonly label: string,
    readonly step: Step,
    readonly absenceAllowed = false,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_model: World, world: World): Promise<void> {
    await this.step(world);
    world.compare(this.absenceAllowed || world.bounded);
  }

  toString(): string {
    return this.label;
  }
}

/** One kind of command: a name, an arbitrary for its arguments, and what it does. */
function command<Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  step: (world: World, ...args: Args) => void | Promise<void>,
  absenceAllowed = false,
): fc.Arbitrary<Command> {
  return args.map((given) => {
    const shown = given.map((one) =>
      typeof one === "string" && one.length > 20 ? `"x…" (${one.length})` : fc.stringify(one),
    );
    return new Command(`${name}(${shown.join(", ")})`, (world) => step(world, ...given), absenceAllowed);
  });
}

const key = fc.constantFrom(...KEYS);
const tags = fc.subarray([...TAGS]);
const ttl = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 100_000 }),
);

function set(world: World, at: unknown, value: unknown, ttlMs: number | null, of: string[]): void {
  expect(world.cache.set(at, value, { ttl: ttlMs, tags: of })).toBe(true);
  world.naive.set(at, value, ttlMs, of);
}

const writes = [
  command("set", fc.tuple(key, ttl, tags), (world, at, ttlMs, of) =>
    set(world, at, world.nextValue(), ttlMs, of),
  ),
  command("setText", fc.tuple(key, ttl, tags), (world, at, ttlMs, of) =>
    set(world, at, `v${world.nextValue()}`, ttlMs, of),
  ),
  command("setNull", fc.tuple(key), (world, at) => set(world, at, null, null, [])),
  command("setMany", fc.tuple(fc.array(key, { maxLength: 5 }), ttl, tags), (world, keys, ttlMs, of) => {
    const entries = keys.map((one): [unknown, unknown] => [one, world.nextValue()]);
    expect(world.cache.setMany(entries, { ttl: ttlMs, tags: of })).toBe(entries.length);
    for (const [one, value] of entries) world.naive.set(one, value, ttlMs, of);
  }),
  command("update", fc.tuple(key), (world, at) => {
    const value = world.nextValue();
    expect(world.cache.update(at, value)).toBe(world.naive.update(at, value));
  }),
  command("incr", fc.tuple(key, fc.integer({ min: -3, max: 3 })), (world, at, amount) => {
    const before = world.naive.get(at);
    if (before !== undefined && typeof before !== "number") {
      expect(() => world.cache.incr(at, amount)).toThrow(/not a finite number/);
      return;
    }
    const value = (before ?? 7) + amount;
    expect(world.cache.incr(at, amount, { default: 7, ttl: null })).toBe(value);
    world.madeAnew(value);
    if (!world.naive.update(at, value)) world.naive.set(at, value);
  }),
  command("getAndUpdate", fc.tuple(key), (world, at) => {
    const value = world.nextValue();
    const seen: unknown[] = [];
    world.cache.getAndUpdate(at, (old) => {
      seen.push(old);
      return value;
    });
    expect(seen).toEqual([world.naive.get(at)]);
    if (!world.naive.update(at, value)) world.naive.set(at, value);
  }),
];

const removals = [
  command("delete", fc.tuple(key), (world, at) => {
    expect(world.cache.delete(at)).toBe(world.naive.delete(at));
  }),
  command("take", fc.tuple(key), (world, at) => {
    expect(world.cache.take(at)).toEqual(world.naive.get(at));
    world.naive.delete(at);
  }),
  command("clear", fc.tuple(), (world) => {
    world.cache.clear();
    world.naive.clear();
  }),
  command("invalidateTag", fc.tuple(fc.constantFrom(...TAGS)), (world, tag) => {
    world.cache.invalidateTag(tag);
    world.naive.invalidateTag(tag);
  }),
  command("purge", fc.tuple(), (world) => void world.cache.purge()),
  command(
    "prune",
    fc.tuple(fc.integer({ min: 0, max: 8 })),
    (world, size) => {
      world.cache.prune(size, { reclaim: 0 });
      expect(world.cache.size()).toBeLessThanOrEqual(size);
    },
    true,
  ),
];

const reads = [
  command("get", fc.tuple(key), (world, at) => {
    expect(world.cache.get(at)).toEqual(world.naive.get(at));
  }),
  command("has", fc.tuple(key), (world, at) => {
    expect(world.cache.has(at)).toBe(world.naive.get(at) !== undefined);
  }),
  command("getMany", fc.tuple(fc.array(key, { maxLength: 5 })), (world, keys) => {
    const found = keys.filter((one) => world.naive.get(one) !== undefined);
    expect(world.cache.getMany(keys)).toEqual(new Map(found.map((one) => [one, world.naive.get(one)])));
  }),
  command("entries", fc.tuple(), (world) => {
    const entries = new Map(world.naive.keys().map((one) => [one, world.naive.get(one)]));
    expect(new Map(world.cache.entries())).toEqual(entries);
    expect(new Map(world.cache.export().map((entry) => [entry.key, entry.value]))).toEqual(entries);
  }),
];

const times = [
  command(
    "advance",
    fc.tuple(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20_000 }))),
    (world, ms) => world.advance(ms),
  ),
  command("shiftWall", fc.tuple(fc.integer({ min: -1e9, max: 1e9 })), (world, ms) =>
    world.clock.shiftWall(ms),
  ),
  command("expire", fc.tuple(key, ttl), (world, at, ttlMs) => {
    expect(world.cache.expire(at, ttlMs)).toBe(world.naive.expire(at, ttlMs));
  }),
  command("expireAt", fc.tuple(key, fc.integer({ min: 1, max: 5_000 })), (world, at, ms) => {
    expect(world.cache.expireAt(at, world.clock.wall() + ms)).toBe(world.naive.expire(at, ms));
  }),
  command("persist", fc.tuple(key), (world, at) => {
    expect(world.cache.persist(at)).toBe(world.naive.expire(at, null));
  }),
  command("refresh", fc.tuple(key), (world, at) => {
    expect(world.cache.refresh(at)).toBe(world.naive.refresh(at));
  }),
  command("touch", fc.tuple(key), (world, at) => {
    expect(world.cache.touch(at)).toBe(world.naive.get(at) !== undefined);
  }),
];

const loads = [
  command("fetch", fc.tuple(key, ttl, tags), (world, at, ttlMs, of) => world.fetch(at, ttlMs, of)),
  command(
    "finishLoad",
    fc.tuple(fc.nat(20), fc.constantFrom("value", "value", "nothing", "error")),
    async (world, index, outcome) => {
      if (world.running.length > 0) await world.finishLoad(index, outcome);
    },
  ),
];

/** A transaction writes some keys and deletes others, may be disturbed once from outside, and may fail at its end. */
const transactions = [
  command(
    "transaction",
    fc.tuple(
      fc.uniqueArray(fc.constantFrom(...KEYS.slice(0, 6)), { maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
    ),
    async (world, keys, keep, disturbed, fails) => {
      const values = keys.map(() => world.nextValue());
      let runs = 0;
      const running = world.cache.transaction(keys, async (tx) => {
        runs += 1;
        for (const [n, one] of keys.entries()) keep[n] ? tx.set(one, values[n]) : tx.delete(one);
        await Promise.resolve();
        if (disturbed && runs === 1) set(world, keys[0] ?? "a", world.nextValue(), null, []);
        if (fails) throw new Error("undone");
      });
      if (fails) {
        await expect(running).rejects.toThrow("undone");
        return;
      }
      await running;
      expect(runs).toBe(disturbed && keys.length > 0 ? 2 : 1);
      for (const [n, one] of keys.entries())
        keep[n] ? world.naive.set(one, values[n]) : world.naive.delete(one);
    },
  ),
];

/** Named more than once: more likely. What fills the cache has to outweigh what empties it, or nothing ever meets. */
const mixed = [
  ...writes,
  ...writes,
  ...writes,
  ...removals,
  ...reads,
  ...times,
  ...times,
  ...loads,
  ...loads,
  ...loads,
  ...transactions,
];

export const commands = fc.commands(mixed, { maxCommands: 80, size: "max" });
