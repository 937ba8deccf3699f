/** Random scripts for a fleet: what it is asked, what goes on, what goes wrong, in any order. */
import fc from "fast-check";
import { Fleet, KEYS, MARKS } from "./fleet.js";
import { faultOfLateReader } from "./late-reader.js";

type Run = (fleet: Fleet) => void | Promise<void>;

/** Prints as its name and arguments, so that a failing script reads as one. */
class Step {
  constructor(
    readonly label: string,
    readonly run: Run,
  ) {}

  [fc.toStringMethod](): string {
    return this.label;
  }
}

/** Most of what happens is about the same few things, so that it meets. */
const process = fc.constantFrom(0, 0, 0, 1, 1, 2);
const key = fc.constantFrom(KEYS[0], KEYS[0], KEYS[0], KEYS[1]);
const mark = fc.constantFrom(MARKS[0], MARKS[0], MARKS[0], MARKS[1]);
const marks = fc.constantFrom([MARKS[0]], [MARKS[0]], [MARKS[1]], MARKS, []);

function step<Args extends unknown[]>(
  weight: number,
  name: string,
  args: fc.Arbitrary<Args>,
  run: (fleet: Fleet, ...args: Args) => void | Promise<void>,
): { weight: number; arbitrary: fc.Arbitrary<Step> } {
  const arbitrary = args.map(
    (given) =>
      new Step(`${name}(${given.map((one) => JSON.stringify(one)).join(", ")})`, (fleet) =>
        run(fleet, ...given),
      ),
  );
  return { weight, arbitrary };
}

const asked = [
  step(8, "read", fc.tuple(process, key), (fleet, p, k) => fleet.read(fleet.at(p), k)),
  step(4, "set", fc.tuple(process, key, marks, fc.boolean()), (fleet, p, k, all, loads) =>
    fleet.set(fleet.at(p), k, all, loads),
  ),
  step(1, "delete", fc.tuple(process, key), (fleet, p, k) => fleet.delete(fleet.at(p), k)),
  step(5, "invalidate", fc.tuple(process, mark), (fleet, p, m) => fleet.invalidate(fleet.at(p), m)),
  step(24, "go", fc.tuple(fc.nat(20)), (fleet, choice) => fleet.go(choice)),
  step(4, "rush", fc.tuple(fc.nat(20)), async (fleet, choice) => {
    for (let turn = 0; turn < 10; turn++) await fleet.go(choice + turn);
  }),
  step(4, "pass", fc.tuple(fc.integer({ min: 1, max: 4 })), (fleet, steps) => fleet.pass(steps)),
  step(1, "wait", fc.tuple(fc.integer({ min: 5, max: 25 })), (fleet, steps) => fleet.pass(steps)),
];

const wrong = [
  step(2, "lose", fc.tuple(process, fc.integer({ min: 1, max: 5 })), (fleet, p, count) => {
    fleet.at(p).line.lost = count;
  }),
  step(1, "double", fc.tuple(process), (fleet, p) => {
    fleet.at(p).line.doubled = 3;
  }),
  step(1, "refuse", fc.tuple(process, fc.integer({ min: 1, max: 3 })), (fleet, p, count) => {
    fleet.at(p).line.refused = count;
  }),
  step(1, "cut", fc.tuple(process, fc.boolean()), (fleet, p, isTold) => fleet.at(p).line.cut(isTold)),
  step(1, "mend", fc.tuple(process), (fleet, p) => fleet.at(p).line.mend()),
  step(
    1,
    "fail",
    fc.tuple(process, fc.constantFrom("before" as const, "after" as const)),
    (fleet, p, how) => {
      fleet.world.faults.set(fleet.at(p).id, how);
    },
  ),
  step(1, "kill", fc.tuple(process), (fleet, p) => fleet.kill(p)),
  step(1, "lose the epoch", fc.tuple(), (fleet) => fleet.loseEpoch()),
];

export const healthy = fc.array(fc.oneof(...asked), { minLength: 20, maxLength: 60, size: "max" });
export const troubled = fc.array(fc.oneof(...asked, ...wrong), { minLength: 20, maxLength: 60, size: "max" });

/** After so many nothing is dropped any more for having just begun. */
const CONNECTING_BEATS = 5;

/** Runs a script. @returns what it found; undefined: all is as it should be */
export async function faultOfScript(
  steps: readonly Step[],
): Promise<{ fault: string | undefined; fleet: Fleet }> {
  const fleet = new Fleet(3);
  // They are connected first: how that goes is the feed's own matter.
  for (let beat = 0; beat < CONNECTING_BEATS; beat++) {
    for (let turn = 0; turn < 12; turn++) await fleet.go(turn);
    await fleet.pass(2);
  }
  for (const one of steps) {
    await one.run(fleet);
    if (fleet.fault !== undefined) break;
  }
  if (steps.some(({ label }) => label.startsWith("kill"))) fleet.forgive();
  if (fleet.fault === undefined) await fleet.end();
  for (const one of fleet.processes) one.kill();
  return { fault: fleet.fault, fleet };
}

/** Scripts that are always the same ones: for fleets that are broken on purpose. */
const SEED = 7;
const RUNS = 1_500;

/** The first fault that scripts find; undefined: none does. */
export async function faultOfFleet(): Promise<string | undefined> {
  let first = await faultOfLateReader();
  for (const steps of [healthy, troubled]) {
    const property = fc.asyncProperty(steps, async (given) => {
      first = (await faultOfScript(given)).fault;
      return first === undefined;
    });
    if (first === undefined) await fc.check(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });
  }
  return first;
}
