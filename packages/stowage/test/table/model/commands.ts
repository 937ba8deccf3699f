/**
 * The commands of the model test: what fast-check strings together, each run on the real table and the naive one.
 *
 * A command is data (its name and arguments, so that a failure prints as a short script) and a function over the world. What
 * both return is compared in place; what both hold is compared after each command by `World.compare`.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bytes, Key, ScanResult } from "stowage/table";
import { stamped } from "../support/values.js";
import { counted, countedBig, isMurky } from "./naive-counter.js";
import { bytesOf, type NaiveTable, nameOf } from "./naive-table.js";
import {
  FailsWith,
  KEY_BYTES_MAX,
  KEYS,
  PREFIXES,
  TAGS,
  VALUE_BYTES_MAX,
  type World,
  WRITTEN,
} from "./world.js";

type Step = (world: World) => void;

class Command implements fc.Command<World, World> {
  constructor(
    readonly name: string,
    readonly args: readonly unknown[],
    readonly step: Step,
  ) {}

  check(): boolean {
    return true;
  }

  run(_model: World, world: World): void {
    this.step(world);
    world.compare();
  }

  toString(): string {
    const shown = this.args.map((one) => {
      const text = fc.stringify(one);
      return text.length > 60 ? `${text.slice(0, 20)}… (${text.length})` : text;
    });
    return `${this.name}(${shown.join(", ")})`;
  }
}

/** One kind of command: a name, an arbitrary for its arguments, and what it does. */
function command<Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  step: (world: World, ...args: Args) => void,
): fc.Arbitrary<Command> {
  return args.map((given) => new Command(name, given, (world) => step(world, ...given)));
}

const key = fc.constantFrom(...KEYS);
const tags = fc.subarray([...TAGS]);
const ttl = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 100_000 }),
);
const flags = fc.constantFrom(0, 1, 255);
/** Lengths: empty, around a word, around a quarter of the smallest segment (4 KiB), over several segments, the longest. */
const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 12, max: 40 }) },
  { weight: 2, arbitrary: fc.integer({ min: 3_900, max: 4_100 }) },
  { weight: 1, arbitrary: fc.constantFrom(16_000, 16_384, 16_385, 3 * 16_384 + 7, 131_071, 131_072) },
);
const number = fc.constantFrom("0", "7", "-3", "1.5", "9223372036854775800", "1e2", "007", "NaN", "");

interface Options {
  ttl?: number | null;
  flags?: number;
  tags?: string[];
}
const options: fc.Arbitrary<Options> = fc.record({ ttl, flags, tags });

/** A stamped value, short ones also as text, in which a mistake of one byte shows. */
function newValue(world: World, at: Key, bytes: number): Bytes {
  const value = stamped(nameOf(at).length, world.nextWrite(), bytes);
  return bytes < 20 ? Buffer.from(value).toString("base64") : value;
}

function set(world: World, at: Key, value: Bytes, given: Options): void {
  world.verb({
    key: at,
    real: (table) => table.set(at, value, given),
    model: (naive) => {
      naive.set(at, value, given);
      return WRITTEN;
    },
  });
}

function remove(world: World, at: Key): void {
  world.verb({ key: at, real: (table) => table.delete(at), model: (naive) => naive.delete(at) });
}

const writes = [
  command("set", fc.tuple(key, length, options), (world, at, bytes, given) =>
    set(world, at, newValue(world, at, bytes), given),
  ),
  // Where an entry may leave at any time, a counter that was begun anew is told from the one before by what it carries. Tags
  // do not show, so there numbers have none.
  command("setNumber", fc.tuple(key, number, options), (world, at, value, given) =>
    set(world, at, value, world.setting.evicts ? { ...given, tags: [] } : given),
  ),
  command("add", fc.tuple(key, length, options), (world, at, bytes, given) => {
    const value = newValue(world, at, bytes);
    world.verb({
      key: at,
      real: (table) => table.add(at, value, given),
      model: (naive) => writeIf(naive, naive.entry(at) === undefined, at, value, given),
    });
  }),
  command("replace", fc.tuple(key, length, options), (world, at, bytes, given) => {
    const value = newValue(world, at, bytes);
    world.verb({
      key: at,
      real: (table) => table.replace(at, value, given),
      model: (naive) => writeIf(naive, naive.entry(at) !== undefined, at, value, given),
    });
  }),
  command(
    "compareAndSet",
    fc.tuple(key, length, options, fc.constantFrom("current", "none", "next")),
    (world, at, bytes, given, which) => {
      const value = newValue(world, at, bytes);
      world.compareKey(at);
      const current = world.naive.entry(at)?.version ?? 0;
      const version = which === "current" ? current : which === "none" ? 0 : current + 1;
      world.verb({
        key: at,
        real: (table) => table.compareAndSet(at, version, value, given),
        model: (naive) => writeIf(naive, (naive.entry(at)?.version ?? 0) === version, at, value, given),
      });
    },
  ),
  command("append", fc.tuple(key, fc.constantFrom(0, 1, 3, 4, 5, 300, 5_000)), (world, at, bytes) => {
    const more = stamped(1, world.nextWrite(), 5_000).subarray(0, bytes);
    world.verb({
      key: at,
      real: (table) => table.append(at, more),
      model: (naive) => {
        const length = (naive.entry(at)?.value.length ?? 0) + more.length;
        return length > VALUE_BYTES_MAX ? new FailsWith("ValueTooLargeError") : naive.append(at, more);
      },
    });
  }),
  // Enough entries that the index grows, and chains with it.
  command(
    "fill",
    fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 })),
    (world, first, count) => {
      for (let n = first; n < first + count; n += 1) set(world, `f${n}`, `filling ${world.nextWrite()}`, {});
    },
  ),
  command(
    "drain",
    fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 })),
    (world, first, count) => {
      for (let n = first; n < first + count; n += 1) remove(world, `f${n}`);
    },
  ),
  command("invalidateTag", fc.tuple(fc.constantFrom(...TAGS)), (world, tag) => {
    world.table.invalidateTag(tag);
    world.naive.invalidateTag(tag);
  }),
  command("clear", fc.tuple(), (world) => {
    const cleared = world.table.clear();
    assert.ok(cleared <= world.naive.sizeMax);
    if (!world.setting.evicts) assert.ok(cleared >= world.naive.live().size);
    world.naive.clear();
    assert.equal(world.table.size(), 0);
  }),
];

function writeIf(naive: NaiveTable, may: boolean, at: Key, value: Bytes, given: Options): unknown {
  if (!may) return 0;
  naive.set(at, value, given);
  return WRITTEN;
}

const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(0.5, -2.25, 2 ** 40, -(2 ** 52)) },
);

const counters = [
  command("incr", fc.tuple(key, amount, fc.constantFrom(undefined, 0, 10, 0.5)), (world, at, by, start) => {
    const given = start === undefined ? {} : { default: start };
    if (isMurky(world.naive.entry(at)?.value.toString("latin1") ?? String(start ?? 0), by)) return;
    world.verb({
      key: at,
      real: (table) => table.incr(at, by, given),
      model: (naive) => {
        const next = counted(naive.entry(at)?.value.toString("latin1"), by, start ?? 0);
        if (next === "not a number") return new FailsWith("NonNumericValueError");
        if (next === "overflow") return new FailsWith("CounterOverflowError");
        naive.change(at, next.text);
        return next.result;
      },
    });
  }),
  command("decr", fc.tuple(key, fc.integer({ min: -3, max: 9 })), (world, at, by) => {
    world.verb({
      key: at,
      real: (table) => table.decr(at, by),
      model: (naive) => {
        const next = counted(naive.entry(at)?.value.toString("latin1"), -by, 0);
        if (next === "not a number") return new FailsWith("NonNumericValueError");
        if (next === "overflow") return new FailsWith("CounterOverflowError");
        naive.change(at, next.text);
        return next.result;
      },
    });
  }),
  command("incrBig", fc.tuple(key, fc.constantFrom(1n, -5n, 2n ** 62n, -(2n ** 63n))), (world, at, by) => {
    world.verb({
      key: at,
      real: (table) => table.incrBig(at, by),
      model: (naive) => {
        const next = countedBig(naive.entry(at)?.value.toString("latin1"), by, 0n);
        if (next === "not a number") return new FailsWith("NonNumericValueError");
        if (next === "overflow") return new FailsWith("CounterOverflowError");
        naive.change(at, String(next));
        return next;
      },
    });
  }),
];

const removals = [
  command("delete", fc.tuple(key), remove),
  command("deleteIf", fc.tuple(key, fc.boolean()), (world, at, right) => {
    world.compareKey(at);
    const version = (world.naive.entry(at)?.version ?? 0) + (right ? 0 : 1);
    world.verb({
      key: at,
      real: (table) => table.deleteIf(at, version),
      model: (naive) => naive.entry(at)?.version === version && naive.delete(at),
    });
  }),
  command("take", fc.tuple(key), (world, at) =>
    world.verb({
      key: at,
      real: (table) => table.take(at),
      model: (naive) => {
        const value = naive.entry(at)?.value;
        naive.delete(at);
        return value;
      },
    }),
  ),
];

const reads = [
  command("get", fc.tuple(key), (world, at) =>
    world.verb({ key: at, real: (table) => table.get(at), model: (naive) => naive.entry(at)?.value }),
  ),
  command("getString", fc.tuple(key), (world, at) =>
    world.verb({
      key: at,
      real: (table) => table.getString(at),
      model: (naive) => naive.entry(at)?.value.toString("utf8"),
    }),
  ),
  command("has", fc.tuple(key), (world, at) =>
    world.verb({ key: at, real: (table) => table.has(at), model: (naive) => naive.entry(at) !== undefined }),
  ),
  command(
    "getInto",
    fc.tuple(key, fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 7 })),
    (world, at, room, offset) =>
      world.verb({
        key: at,
        real: (table) => {
          const target = Buffer.alloc(offset + room, 0xaa);
          return [table.getInto(at, target, offset), target];
        },
        model: (naive) => {
          const target = Buffer.alloc(offset + room, 0xaa);
          const value = naive.entry(at)?.value;
          if (value !== undefined && value.length <= room) value.copy(target, offset);
          return [value?.length ?? -1, target];
        },
      }),
  ),
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
  command("touch", fc.tuple(key), (world, at) =>
    world.verb({ key: at, real: (table) => table.touch(at), model: (naive) => naive.touch(at) }),
  ),
  command("expire", fc.tuple(key, fc.integer({ min: 1, max: 5_000 })), (world, at, ms) =>
    world.verb({ key: at, real: (table) => table.expire(at, ms), model: (naive) => naive.expire(at, ms) }),
  ),
  command("expireAt", fc.tuple(key, fc.integer({ min: 1, max: 5_000 })), (world, at, ms) =>
    world.verb({
      key: at,
      real: (table) => table.expireAt(at, world.clock.wall() + ms),
      model: (naive) => naive.expire(at, ms),
    }),
  ),
  command("persist", fc.tuple(key), (world, at) =>
    world.verb({ key: at, real: (table) => table.persist(at), model: (naive) => naive.expire(at, null) }),
  ),
  command("ttl", fc.tuple(key), (world, at) =>
    world.verb({ key: at, real: (table) => table.ttl(at), model: (naive) => naive.ttl(at) }),
  ),
];

const walks = [
  command(
    "scan",
    fc.tuple(fc.constantFrom(...PREFIXES), fc.integer({ min: 1, max: 6 }), fc.boolean()),
    (world, prefix, limit, values) => {
      const found = new Map<string, Buffer | undefined>();
      let cursor: number | null = null;
      let calls = 0;
      do {
        const page: ScanResult = world.table.scan({ prefix, limit, cursor, values });
        for (const entry of page.entries) found.set(nameOf(entry.key), entry.value);
        cursor = page.cursor;
        assert.ok(++calls < 10_000, "a scan without end");
      } while (cursor !== null);
      checkWalk(world, prefix, found, values);
    },
  ),
  command("keys", fc.tuple(fc.constantFrom(...PREFIXES)), (world, prefix) => {
    const found = new Map([...world.table.keys({ prefix })].map((one) => [nameOf(one), undefined]));
    checkWalk(world, prefix, found, false);
  }),
];

/** What a walk found, with nobody writing meanwhile: everything there is, nothing else. */
function checkWalk(world: World, prefix: Key, found: Map<string, Buffer | undefined>, values: boolean): void {
  const live = world.naive.live(prefix);
  for (const [name, value] of found) {
    const held = live.get(name);
    assert.ok(held, `a walk found ${name.slice(0, 40)}`);
    if (values) assert.ok(held.value.equals(value ?? bytesOf("")), "a walk found another value");
  }
  if (!world.setting.evicts) assert.equal(found.size, live.size);
}

const refusals = [
  command("setTooLong", fc.tuple(key), (world, at) =>
    world.verb({
      key: at,
      real: (table) => table.set(at, new Uint8Array(VALUE_BYTES_MAX + 1)),
      model: () => new FailsWith("ValueTooLargeError"),
    }),
  ),
  command("setKeyTooLong", fc.tuple(), (world) => {
    const long = "x".repeat(KEY_BYTES_MAX + 1);
    world.verb({
      key: long,
      real: (table) => table.set(long, "v"),
      model: () => new FailsWith("KeyTooLargeError"),
    });
  }),
];

/** Named more than once: more likely. What fills the table has to outweigh what empties it, or nothing ever meets. */
const mixed = [
  ...writes,
  ...writes,
  ...writes.slice(0, 2),
  ...writes.slice(0, 2),
  ...counters,
  ...counters,
  ...removals,
  ...reads,
  ...times,
  ...walks,
  ...refusals,
];

export const commands = fc.commands(mixed, { maxCommands: 80, size: "max" });
