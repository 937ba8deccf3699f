/**
 * Any interleaving of calls, loads, writes, messages and requests on their way, of three processes over one store, one of which may
 * be killed at any step:
 *
 *   - nobody gets what a change that was done, and that his process had heard of, had made out of date before he asked;
 *   - in the end nobody has anything that is out of date, nor is there any in L2: no stale commit;
 *   - of a key, one load runs at a time in the whole fleet, unless the key was changed since it began;
 *   - every call ends, and no lease and no timer is left.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { settle } from "stowage/testing";
import { type AnswerKind, type ChangeKind, KEYS, PROCESSES, World } from "./world.js";

type Step = (world: World) => void;

const key = fc.constantFrom(...KEYS);
const process = fc.nat(PROCESSES - 1);
const which = fc.nat(30);
const changes = fc.constantFrom<ChangeKind>("set", "delete", "delete", "tag", "clear");
const answers = fc.constantFrom<AnswerKind>("value", "value", "commit", "ignore", "nothing", "error");

function step<Given extends object>(
  weight: number,
  given: { [Name in keyof Given]: fc.Arbitrary<Given[Name]> },
  run: (world: World, given: Given) => void,
): fc.WeightedArbitrary<Step> {
  const arbitrary = fc.record(given).map((one): Step => {
    const does: Step = (world) => run(world, one as Given);
    // What a failing run prints.
    return Object.assign(does, { toString: () => `${run} ${JSON.stringify(one)}` });
  });
  return { weight, arbitrary };
}

const steps = [
  step(
    6,
    { process, key, isForced: fc.nat(9).map((n) => n === 0), isTagged: fc.boolean() },
    (world, { process, key, ...how }) => world.fetch(process, key, how),
  ),
  step(1, { process, isTagged: fc.boolean() }, (world, { process, isTagged }) =>
    world.fetchMany(process, isTagged),
  ),
  step(2, { process, key }, (world, { process, key }) => world.get(process, key)),
  step(
    4,
    { process, kind: changes, key, isTagged: fc.boolean() },
    (world, { process, kind, key, isTagged }) => world.change(process, kind, key, isTagged),
  ),
  step(20, { which }, (world, { which }) => world.go(which)),
  step(6, { process }, (world, { process }) => world.deliver(process)),
  step(6, { which, how: answers }, (world, { which, how }) => world.answer(which, how)),
  step(1, { which }, (world, { which }) => world.giveUp(which)),
  step(2, { ms: fc.constantFrom(10, 100) }, (world, { ms }) => void world.fleet.clock.advance(ms)),
];
const killing = step(1, { process }, (world, { process }) => world.kill(process));

/** @param kills whether processes are killed */
export function raceProperty(kills: boolean): fc.IAsyncProperty<[Step[]]> {
  const all = kills ? [...steps, killing] : steps;
  return fc.asyncProperty(fc.array(fc.oneof(...all), { minLength: 10, maxLength: 90 }), async (run) => {
    const world = new World();
    await world.begin();
    for (const each of run) {
      each(world);
      await settle();
    }
    await world.end();
    assert.deepEqual(world.problems, []);
  });
}
