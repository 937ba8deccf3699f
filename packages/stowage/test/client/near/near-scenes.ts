/** What is kept, what is refused, and what goes. */
import assert from "node:assert/strict";
import { World, type WorldOptions } from "./support/world.js";

type Overtaking = (world: World) => unknown;

const LONG = "x".repeat(60);

/** Whatever may have changed the key while it was read: what was read is not kept. */
export async function refusesWhatWasOvertaken(): Promise<void> {
  const ways: Record<string, readonly [key: string, Overtaking]> = {
    set: ["a", ({ server }) => server.set("a")],
    delete: ["a", ({ server }) => server.remove("a")],
    eviction: ["a", ({ server }) => server.remove("a", "evict")],
    tag: ["a", ({ server }) => server.invalidateTag("t")],
    clear: ["a", ({ server }) => server.clear()],
    reset: ["a", ({ server }) => server.say("id: 1\nevent: reset\ndata: {}\n\n")],
    "another long key": [`${LONG}1`, ({ server }) => server.set(`${LONG}2`)],
    "own write": ["a", (world) => world.near.written("a")],
    "own clear": ["a", (world) => world.near.writtenAll()],
    "own tag": ["a", (world) => world.near.tagInvalidated("t")],
    "another server": ["a", (world) => world.cluster.setNodes([world.nodes[1]])],
  };
  for (const [name, [key, overtake]] of Object.entries(ways)) {
    const world = await running({ nodes: 2 });
    world.server.set(key, { tags: ["t"] });
    world.server.set(`${LONG}2`);
    await world.pass(10);
    const read = world.near.begin(key);
    assert.ok(read, name);
    const answer = world.server.read(key);
    overtake(world);
    await world.pass(5);
    world.near.fill(read, answer?.value, null, true);
    assert.equal(world.near.peek(key), undefined, name);
    assert.equal(world.near.stats().overtaken, 1, name);
    world.near.abandon(read);
    if (name !== "another server") {
      const next = world.near.begin(key);
      assert.ok(next, `after ${name} the next read may be kept`);
      world.near.abandon(next);
    }
    await world.close();
  }
}

/** Each event takes what it names, and no more. */
export async function dropsWhatIsNamed(): Promise<void> {
  for (const [name, happen] of Object.entries({
    set: ({ server }: World) => server.set("a"),
    delete: ({ server }: World) => server.remove("a"),
    eviction: ({ server }: World) => server.remove("a", "evict"),
  })) {
    const world = await running();
    for (const key of ["a", "b", LONG]) {
      world.server.set(key);
      await world.warm(key);
    }
    happen(world);
    await world.pass(5);
    assert.equal(world.near.peek("a"), undefined, name);
    assert.notEqual(world.peek("b"), undefined, name);
    assert.notEqual(world.peek(LONG), undefined, name);
    await world.close();
  }
}

/** Whatever the delays, and whenever the connection dies: a value changed right after an `alive` is the worst case. */
export async function keepsToTheBound(): Promise<void> {
  for (const [upMs, downMs] of [
    [0, 0],
    [700, 0],
    [0, 700],
    [700, 700],
  ])
    for (const economical of [false, true])
      for (let afterMs = 0; afterMs < 500; afterMs += 20) {
        const world = new World({ economical });
        Object.assign(world.node.link, { upMs, downMs });
        world.server.set("a");
        await world.pass(3_120);
        // Another connection, whose heartbeats come between the ticks.
        world.node.link.cut();
        await world.pass(3_000);
        world.get("a");
        await world.pass(1_500 + afterMs);
        world.server.set("a");
        await world.pass(Math.max(0, downMs - 1));
        world.node.link.lose();
        world.node.link.isDown = true;
        for (let n = 0; n < 400; n++) {
          world.peek("a");
          await world.pass(10);
        }
        assert.equal(world.near.peek("a"), undefined);
        await world.close();
      }
}

/** What does not concern a read does not overtake it. */
export async function keepsWhatWasNot(): Promise<void> {
  const ways: Record<string, Overtaking> = {
    "another key": ({ server }) => server.set("b"),
    "a long key": ({ server }) => server.set(LONG),
    "a tag, which it does not bear": ({ server }) => server.invalidateTag("t"),
    "a break that is resumed": ({ node }) => node.link.cut(),
    "a server more": (world) => world.cluster.setNodes([...world.nodes]),
  };
  for (const [name, happen] of Object.entries(ways)) {
    const world = await running({ nodes: 2 });
    world.server.set("a");
    await world.pass(5);
    const read = world.near.begin("a");
    assert.ok(read);
    happen(world);
    await world.pass(100);
    world.near.fill(read, world.server.read("a")?.value, null, false);
    assert.notEqual(world.peek("a"), undefined, name);
    await world.close();
  }
}

/** One read of a key at a time is to be kept: others may share its answer. */
export async function keepsOneReadAtATime(): Promise<void> {
  const world = await running();
  const first = world.near.begin("a");
  assert.ok(first);
  assert.equal(world.near.begin("a"), undefined);
  world.near.written("a");
  const second = world.near.begin("a");
  assert.ok(second);
  world.near.fill(second, { key: "a", write: 0 }, null);
  world.near.fill(first, "from before", null);
  assert.deepEqual(world.near.peek("a"), { key: "a", write: 0 });
  world.near.fill(world.near.begin("b") as typeof second, undefined, null);
  assert.equal(world.near.peek("b"), undefined);
  await world.closeUnchecked();
}

/** A tag takes what bears one, or may bear one, and nothing else. */
export async function dropsByTag(): Promise<void> {
  const world = await running();
  world.server.set("a", { tags: ["t"] });
  world.server.set("b");
  await world.warm("a");
  await world.warm("b");
  world.server.invalidateTag("other");
  await world.pass(5);
  assert.equal(world.near.peek("a"), undefined);
  assert.notEqual(world.peek("b"), undefined);
  const read = world.near.begin("a");
  assert.ok(read);
  world.near.fill(read, { key: "a", write: 0 }, null);
  assert.notEqual(world.near.peek("a"), undefined);
  world.server.invalidateTag("t");
  await world.pass(5);
  assert.equal(world.near.peek("a"), undefined, "of which nobody said whether it bears tags");
  await world.closeUnchecked();
}

/** Entries live no longer than on their server, reckoned from when the read began, nor than the option says. */
export async function keepsTimesToLive(): Promise<void> {
  const world = await running({ ttl: 5_000 });
  world.server.set("a", { ttlMs: 1_000 });
  world.server.set("b");
  Object.assign(world.node.link, { upMs: 0, downMs: 300 });
  await world.pass(400);
  world.get("a");
  world.get("b");
  await world.pass(301);
  assert.notEqual(world.peek("a"), undefined);
  for (let n = 0; n < 30; n++) {
    await world.pass(10);
    world.peek("a");
  }
  assert.equal(world.near.peek("a"), undefined);
  await world.pass(4_000);
  assert.notEqual(world.peek("b"), undefined);
  await world.pass(2_000);
  assert.equal(world.near.peek("b"), undefined);
  await world.close();
}

/** As many entries, and as much weight, as it was told. */
export async function keepsBounds(): Promise<void> {
  const world = await running({
    max: 3,
    policy: "lru",
    maxWeight: 100,
    weigher: (value) => (value as { weight: number }).weight,
  });
  const put = (key: string, weight: number) => {
    const read = world.near.begin(key);
    assert.ok(read);
    world.near.fill(read, { weight }, null);
  };
  for (const key of ["1", "2", "3", "4"]) put(key, 10);
  assert.equal(world.near.stats().size, 3);
  assert.equal(world.near.peek("1"), undefined);
  put("5", 90);
  assert.ok(world.near.stats().size <= 2);
  put("6", 101);
  assert.equal(world.near.peek("6"), undefined);
  put("7", Number.NaN);
  assert.equal(world.near.peek("7"), undefined);
  assert.equal(world.errors.length, 1, "a weigher that gives nonsense is told of, and no more");
  await world.closeUnchecked();
}

/** Only keys that it is meant for. */
export async function keepsPrefixes(): Promise<void> {
  const world = await running({ prefixes: ["user:", "team:"] });
  assert.equal(world.near.begin("post:1"), undefined);
  for (const key of ["user:1", "team:1"]) {
    world.server.set(key);
    await world.warm(key);
  }
  await world.close();
}

/** While it is behind: entries that were read a short time ago, if it was told so. */
export async function givesShortLived(): Promise<void> {
  const world = await running({ whenBehind: { ttl: 500 } });
  world.server.set("a");
  await world.warm("a");
  world.node.link.cut();
  world.node.refusal = { status: 404 };
  await world.pass(3_000);
  assert.equal(world.near.peek("a"), undefined);
  world.get("a");
  await world.pass(100);
  const value = world.peek("a");
  assert.notEqual(value, undefined);
  world.server.set("a");
  await world.pass(350);
  assert.deepEqual(world.peek("a"), value);
  await world.pass(100);
  assert.equal(world.near.peek("a"), undefined);
  // What was kept while nothing was heard is not given out as up to date.
  world.get("a");
  await world.pass(100);
  world.server.set("a");
  world.node.refusal = undefined;
  await world.pass(61_000);
  assert.equal(world.near.peek("a"), undefined);
  await world.close();
}

/** When a server joins, only entries whose keys have moved go. */
export async function followsTheCluster(): Promise<void> {
  const world = await running({ nodes: 2 });
  world.reroute(true);
  for (const key of ["a", "b"]) world.server.set(key);
  await world.pass(5);
  await world.warm("a");
  await world.warm("b");
  world.reroute(false); // "b" is the second server's now
  await world.pass(5);
  assert.notEqual(world.peek("a"), undefined);
  assert.equal(world.near.peek("b"), undefined);
  world.nodes[1].server.set("b");
  await world.pass(5);
  await world.warm("b");
  world.server.set("a");
  await world.pass(5);
  assert.equal(world.near.peek("a"), undefined, "after it was handed over it is still followed");
  world.cluster.setNodes([world.nodes[1]]);
  await world.pass(5);
  assert.equal(world.nodes[0].streams, 0);
  assert.equal(world.near.stats().coherent, true);
  world.cluster.setNodes([]);
  assert.equal(world.near.begin("a"), undefined);
  assert.equal(world.near.stats().coherent, false);
  await world.close();
}

/** All of a server at once, and of one server alone. */
export async function dropsOneServers(): Promise<void> {
  const world = await running({ nodes: 2 });
  world.reroute(false);
  world.server.set("a");
  world.nodes[1].server.set("b");
  await world.pass(5);
  await world.warm("a");
  await world.warm("b");
  world.server.clear();
  await world.pass(5);
  assert.equal(world.near.peek("a"), undefined);
  assert.notEqual(world.peek("b"), undefined);
  world.near.writtenAll();
  assert.equal(world.near.peek("b"), undefined);
  await world.close();
}

export async function counts(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  const { misses } = world.near.stats();
  world.peek("a");
  world.peek("none");
  world.near.written("a");
  const { hits, misses: after, invalidations, size, lagMs } = world.near.stats();
  assert.equal(after, misses + 1);
  assert.ok(hits >= 2);
  assert.equal(invalidations, 1);
  assert.equal(size, 0);
  assert.ok(lagMs <= 600);
  await world.close();
}

async function running(options?: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.pass(10);
  return world;
}
