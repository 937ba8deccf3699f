/**
 * Random interleavings of reads, writes, and everything that a network does, with a watchman (support/world.ts). The space
 * is small, so that a few hundred scripts of sixty steps come to most pairs of events in each order.
 */
import fc from "fast-check";
import { settle } from "stowage/testing";
import type { FakeNode } from "./support/fake-node.js";
import { KEYS, World, type WorldOptions } from "./support/world.js";

/** Prints as its name and arguments, so that a failing script reads as one. */
class Step {
  constructor(
    readonly label: string,
    readonly run: (world: World) => unknown,
  ) {}

  [fc.toStringMethod](): string {
    return this.label;
  }
}

function step<Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (world: World, ...args: Args) => unknown,
): fc.Arbitrary<Step> {
  return args.map((given) => new Step(`${name}(${given.join(", ")})`, (world) => run(world, ...given)));
}

const key = fc.constantFrom(...KEYS);
const nothing = fc.constant([] as []);
const server = (world: World, at: string) => world.cluster.nodeOf(at).server;
/** The same misfortune for all nodes: a test of one node alone is the usual case, and two are only about routing. */
const all = (world: World, fn: (node: FakeNode) => void) => world.nodes.forEach(fn);

const steps = fc.oneof(
  { weight: 12, arbitrary: step("get", fc.tuple(key), (world, at) => void world.get(at)) },
  {
    weight: 6,
    arbitrary: step("get all", nothing, async (world) => {
      for (const at of KEYS) void world.get(at);
      await world.pass(5);
    }),
  },
  { weight: 3, arbitrary: step("peek", fc.tuple(key), (world, at) => world.peek(at)) },
  { weight: 5, arbitrary: step("other set", fc.tuple(key), (world, at) => server(world, at).set(at)) },
  { weight: 2, arbitrary: step("other delete", fc.tuple(key), (world, at) => server(world, at).remove(at)) },
  {
    weight: 1,
    arbitrary: step("evict", fc.tuple(key), (world, at) => server(world, at).remove(at, "evict")),
  },
  {
    weight: 2,
    arbitrary: step("set with ttl", fc.tuple(key, fc.integer({ min: 5, max: 3_000 })), (world, at, ttlMs) =>
      server(world, at).set(at, { ttlMs }),
    ),
  },
  {
    weight: 3,
    arbitrary: step("set with tag", fc.tuple(key), (world, at) => server(world, at).set(at, { tags: ["t"] })),
  },
  {
    weight: 2,
    arbitrary: step("invalidate tag", nothing, (world) =>
      all(world, (node) => node.server.invalidateTag("t")),
    ),
  },
  { weight: 1, arbitrary: step("clear", nothing, (world) => all(world, (node) => node.server.clear())) },
  {
    weight: 3,
    arbitrary: step(
      "own write",
      fc.tuple(key, fc.constantFrom("set" as const, "delete" as const)),
      (world, at, does) => void world.write(at, does),
    ),
  },
  { weight: 10, arbitrary: step("pass", fc.tuple(fc.constantFrom(1, 3, 20)), (world, ms) => world.pass(ms)) },
  {
    weight: 4,
    arbitrary: step("wait", fc.tuple(fc.constantFrom(300, 1_200)), (world, ms) => world.pass(ms)),
  },
  {
    weight: 1,
    arbitrary: step("sleep", nothing, (world) => world.clock.sleep(world.isEconomical ? 700 : 1_700)),
  },
  {
    weight: 2,
    arbitrary: step(
      "delay",
      fc.tuple(fc.constantFrom(0, 1, 1, 40, 900), fc.constantFrom(0, 1, 1, 40, 900)),
      (world, upMs, downMs) => all(world, ({ link }) => Object.assign(link, { upMs, downMs })),
    ),
  },
  {
    weight: 2,
    arbitrary: step("stand for", fc.tuple(fc.constantFrom(30, 1_500, 5_000)), (world, ms) =>
      all(world, ({ link }) => {
        link.stand();
        world.clock.setTimer(() => link.goOn(), ms);
      }),
    ),
  },
  { weight: 2, arbitrary: step("cut", nothing, (world) => all(world, ({ link }) => link.cut())) },
  { weight: 1, arbitrary: step("lose", nothing, (world) => all(world, ({ link }) => link.lose())) },
  {
    weight: 1,
    arbitrary: step("restart", nothing, (world) =>
      all(world, (node) => {
        node.server.restart();
        node.link.cut();
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: step("garbage", nothing, (world) =>
      all(world, ({ server: { say } }) => say.call(world.server, 'event: set\ndata: {"ke\n\n')),
    ),
  },
  { weight: 1, arbitrary: step("route", fc.tuple(fc.boolean()), (world, alone) => world.reroute(alone)) },
);

const modes: fc.Arbitrary<WorldOptions> = fc.record({
  maxStaleness: fc.constant(2_000),
  whenBehind: fc.constantFrom("off" as const, "off" as const, { ttl: 500 }, { ttl: 3_000 }),
  rate: fc.constantFrom(1, 1 - 400e-6, 1 + 400e-6),
  nodes: fc.constantFrom(1, 2),
  economical: fc.boolean(),
});

/** All is well again for longer than the bound: what was kept by mistake shows now. */
async function calm(world: World): Promise<void> {
  all(world, ({ link }) => {
    link.goOn();
    Object.assign(link, { upMs: 1, downMs: 1 });
  });
  for (let passedMs = 0; passedMs < 2 * world.boundMs; passedMs += 500) {
    await world.pass(500);
    for (const at of KEYS) world.peek(at);
  }
}

export interface Tally {
  hits: number;
  misses: number;
}

/** @param tally counts, so that a test can tell whether anything was given out at all */
export function nearProperty(tally: Tally = { hits: 0, misses: 0 }) {
  const script = fc.array(steps, { minLength: 1, maxLength: 80, size: "max" });
  return fc.asyncProperty(modes, script, async (options, run) => {
    const world = new World(options);
    await world.pass(10);
    for (const each of run) {
      await each.run(world);
      await settle();
      for (const at of KEYS) world.peek(at);
    }
    await calm(world);
    const { hits, misses } = world.near.stats();
    tally.hits += hits;
    tally.misses += misses;
    await world.close();
  });
}
