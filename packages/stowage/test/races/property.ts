/**
 * Random interleavings of everything that can happen to a key while it loads, with any number of microtasks between.
 *
 * The space is small (three keys, two tags, a few verbs), so a few hundred scripts of forty steps visit each pair and
 * most triples of events in each order. `raceProperty` is also run on broken caches, to show that it sees what it should.
 */
import fc from "fast-check";
import { commit, ignore } from "stowage";
import { type CacheUnderTest, FakeClock, type SubjectOptions } from "stowage/testing";
import { KEYS, type Outcome, TAGS } from "./history.js";
import { MANNERS, RaceWorld } from "./race-world.js";

/** Prints as its name and arguments, so that a failing script reads as one. */
class Step {
  constructor(
    readonly label: string,
    readonly run: (world: RaceWorld) => void,
  ) {}

  [fc.toStringMethod](): string {
    return this.label;
  }
}

const key = fc.constantFrom(...KEYS);
const tags = fc.subarray([...TAGS]);
const manners = Object.keys(MANNERS) as (keyof typeof MANNERS)[];
const plan = fc.record({ tags, manner: fc.constantFrom("plain" as const, ...manners) });
const outcome = fc.constantFrom<Outcome>("value", "value", "commit", "ignore", "nothing", "error");

function step<Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (world: RaceWorld, ...args: Args) => void,
): fc.Arbitrary<Step> {
  return args.map((given) => {
    const shown = given.map((one) => JSON.stringify(one)).join(", ");
    return new Step(`${name}(${shown})`, (world) => run(world, ...given));
  });
}

const steps = fc.oneof(
  { weight: 6, arbitrary: step("fetch", fc.tuple(key, plan), (world, at, how) => world.fetch(at, how)) },
  {
    weight: 2,
    arbitrary: step("fetchMany", fc.tuple(fc.subarray([...KEYS]), plan), (world, keys, how) =>
      world.fetchMany(keys, how),
    ),
  },
  {
    weight: 6,
    arbitrary: step("settle", fc.tuple(fc.nat(9), outcome), (world, n, how) => world.settle(n, how)),
  },
  { weight: 2, arbitrary: step("set", fc.tuple(key, tags), (world, at, of) => world.set(at, of)) },
  {
    weight: 2,
    arbitrary: step("remove", fc.tuple(key, fc.constantFrom("delete", "take")), (world, at, verb) =>
      world.remove(at, verb),
    ),
  },
  {
    weight: 1,
    arbitrary: step("removeAll", fc.tuple(fc.constantFrom("clear", "reset")), (world, verb) =>
      world.removeAll(verb),
    ),
  },
  {
    weight: 2,
    arbitrary: step("invalidateTag", fc.tuple(fc.constantFrom(...TAGS)), (world, tag) =>
      world.invalidateTag(tag),
    ),
  },
  { weight: 2, arbitrary: step("abort", fc.tuple(fc.nat(9)), (world, n) => world.abort(n)) },
  {
    weight: 2,
    arbitrary: step("advance", fc.tuple(fc.constantFrom(1, 12, 20, 50, 1_500)), (world, ms) =>
      world.clock.advance(ms),
    ),
  },
);

/** A step, and how many microtasks pass before the next. */
const script = fc.array(fc.tuple(steps, fc.nat(6)), { minLength: 5, maxLength: 40 });

export function raceProperty(create: (options: SubjectOptions) => CacheUnderTest) {
  return fc.asyncProperty(script, fc.boolean(), async (planned, closes) => {
    const clock = new FakeClock();
    const cache = create({ clock, onError: () => undefined });
    const world = new RaceWorld(cache, clock, { commit, ignore });
    try {
      for (const [{ run }, microtasks] of planned) {
        run(world);
        world.check();
        for (let n = 0; n < microtasks; n += 1) await null;
        world.check();
      }
      if (closes) world.close();
      await world.finish();
    } finally {
      cache.close();
    }
    if (clock.pending > 0) throw new Error(`${clock.pending} timers left after close()`);
  });
}
