/** How the changes of a server are followed: connecting, resuming, giving up, backing off. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { ServerRefusedError } from "../../../src/client/errors.js";
import { World } from "./support/world.js";

const paths = (world: World) => world.node.opened.map(({ path }) => path);
const places = (world: World) => world.node.opened.map(({ headers }) => headers?.["last-event-id"]);
const states = (world: World) => world.events.map(({ state }) => state);

export async function asksForHeartbeats(): Promise<void> {
  const of = async (options: ConstructorParameters<typeof World>[0]): Promise<string> => {
    const world = new World(options);
    await world.pass(5);
    const [path] = paths(world);
    await world.close();
    return path;
  };
  assert.equal(await of({}), "/v1/changes?heartbeat=500ms");
  assert.equal(await of({ maxStaleness: 200 }), "/v1/changes?heartbeat=100ms");
  assert.equal(await of({ maxStaleness: 3_600_000 }), "/v1/changes?heartbeat=15000ms");
  assert.equal(await of({ prefixes: ["user:"] }), "/v1/changes?heartbeat=500ms&prefix=user%3A");
  assert.equal(
    await of({ prefixes: ["user:1:é", "user:1:è"] }),
    "/v1/changes?heartbeat=500ms&prefix=user%3A1%3A",
  );
  assert.equal(await of({ prefixes: ["a", "b"] }), "/v1/changes?heartbeat=500ms");
  const long = "é".repeat(30);
  assert.equal(
    await of({ prefixes: [long] }),
    `/v1/changes?heartbeat=500ms&prefix=${encodeURIComponent(long.slice(0, 24))}`,
  );
}

/** Nothing is kept before the first `alive`. */
export async function subscribesFirst(): Promise<void> {
  const world = new World();
  const { server, link } = world.node;
  Object.assign(link, { upMs: 50, downMs: 50 });
  server.set("a");
  assert.equal(world.near.begin("a"), undefined);
  assert.equal(world.near.stats().coherent, false);
  assert.equal(world.near.stats().lagMs, Number.POSITIVE_INFINITY);
  await world.pass(101);
  const read = world.near.begin("a");
  assert.notEqual(read, undefined);
  world.near.abandon(read as NonNullable<typeof read>);
  assert.equal(world.near.stats().coherent, true);
  assert.deepEqual(states(world), ["coherent"]);
  await world.close();
}

/** After a break it goes on from the last id, and keeps what it has. */
export async function resumes(): Promise<void> {
  const world = await running();
  world.server.set("a");
  world.server.set("b");
  await world.warm("a");
  await world.warm("b");
  world.node.link.cut();
  world.server.set("b");
  await world.pass(100);
  assert.equal(world.node.opened.length, 2);
  assert.match(places(world)[1] ?? "", /^\d+$/);
  assert.notEqual(world.peek("a"), undefined);
  assert.equal(world.near.peek("b"), undefined);
  assert.equal(world.near.stats().resets, 0);
  await world.close();
}

/** Where the server cannot resume, everything goes, and that is told. */
export async function flushesOnReset(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  world.node.link.cut();
  for (let n = 0; n < 20; n++) world.server.set(`other ${n}`);
  await world.pass(100);
  assert.equal(world.near.peek("a"), undefined);
  assert.equal(world.near.stats().size, 0);
  assert.equal(world.near.stats().resets, 1);
  assert.deepEqual(states(world), ["coherent", "reset"]);
  await world.warm("a");
  await world.close();
}

/** A server that goes on from somewhere else than it was asked to has left something out. */
export async function mistrustsAnotherPlace(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  const { server } = world;
  const follow = server.follow.bind(server);
  server.follow = (request, send) => follow({ ...request, from: undefined }, send);
  world.node.link.cut();
  server.set("a");
  await world.pass(100);
  assert.equal(world.near.stats().resets, 1);
  assert.equal(world.near.peek("a"), undefined);
  await world.close();
}

/** What it does not understand may mean anything. */
export async function mistrustsTheUnknown(): Promise<void> {
  for (const text of [
    "id: 1\nevent: rename\ndata: {}\n\n",
    "event: set\ndata: {\n\n",
    "event: set\ndata: null\n\n",
    'event: alive\ndata: {"at":"now"}\n\n',
    'event: set\ndata: {"keyStart":"a"}\n\n',
    'event: delete\ndata: {"keyStart":"a","keyLength":3}\n\n',
  ]) {
    const world = await running();
    world.server.set("a");
    await world.warm("a");
    world.server.say(text);
    await world.pass(5);
    assert.equal(world.near.peek("a"), undefined, text);
    await world.warm("a");
    await world.close();
  }
}

/** A connection that brings nothing is given up before the bound is reached, and replaced. */
export async function findsHalfOpen(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  world.node.link.lose();
  for (let n = 0; n < 60; n++) {
    await world.pass(50);
    assert.equal(world.near.stats().coherent, true, `after ${n * 50} ms`);
  }
  assert.equal(world.node.opened.length, 2);
  assert.equal(world.node.streams, 1);
  assert.notEqual(world.peek("a"), undefined);
  await world.close();
}

/** While nothing gets through, nothing is given out; then all that was not changed is there again. */
export async function isBehindAndRecovers(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  world.node.link.isDown = true;
  world.node.link.cut();
  await world.pass(1_400);
  assert.notEqual(world.peek("a"), undefined);
  await world.pass(700);
  assert.equal(world.near.peek("a"), undefined);
  assert.equal(world.near.stats().coherent, false);
  await world.pass(60_000);
  assert.deepEqual(states(world), ["coherent", "behind"]);
  assert.equal(world.errors.length, 1, "one error for each time that it is away");
  // Full jitter with chance 0.5: 25 ms doubled up to a second, halved. Some 120 tries in a minute.
  assert.ok(
    world.node.opened.length > 60 && world.node.opened.length < 200,
    `${world.node.opened.length} tries`,
  );
  world.node.link.isDown = false;
  await world.pass(1_100);
  assert.notEqual(world.peek("a"), undefined);
  assert.deepEqual(states(world), ["coherent", "behind", "coherent"]);
  await world.close();
}

/** A server that is not to be followed is asked each minute, and one error says why. */
export async function isRefused(): Promise<void> {
  for (const [status, says] of [
    [401, /token/],
    [403, /its prefixes/],
    [404, /Lix/],
    [200, /no event stream/],
  ] as const) {
    const world = new World();
    world.node.refusal = { status, headers: { "content-type": "text/html" } };
    world.server.set("a");
    await world.pass(150_000);
    assert.equal(world.node.opened.length, 3);
    assert.equal(world.errors.length, 1);
    const [error] = world.errors as ServerRefusedError[];
    assert.ok(error instanceof ServerRefusedError);
    assert.equal(error.status, status);
    assert.match(error.message, says);
    assert.deepEqual(states(world), ["off"]);
    assert.equal(world.near.begin("a"), undefined);
    world.node.refusal = undefined;
    await world.pass(60_000);
    assert.deepEqual(states(world), ["off", "coherent"]);
    await world.warm("a");
    await world.close();
  }
}

/** It does not come back before a busy server wants it to. */
export async function waitsAsAsked(): Promise<void> {
  const world = new World();
  world.node.refusal = { status: 503, headers: { "retry-after": "3" } };
  await world.pass(2_900);
  assert.equal(world.node.opened.length, 1);
  world.node.refusal = undefined;
  await world.pass(1_000);
  assert.equal(world.node.opened.length, 2);
  assert.deepEqual(states(world), ["behind", "coherent"]);
  await world.close();
}

/** Connections that break as soon as they are there are not taken for good ones. */
export async function backsOffFromFlapping(): Promise<void> {
  const world = await running();
  for (let n = 0; n < 300; n++) {
    world.node.link.cut();
    await world.pass(100);
  }
  assert.ok(world.node.opened.length < 100, `${world.node.opened.length} connections in 30 s`);
  await world.close();
}

/** The reckoning is begun anew before the clocks can have run apart by much. */
export async function outlivesDrift(): Promise<void> {
  const world = new World({ rate: 1 + 450e-6 });
  await world.pass(10);
  world.server.set("a");
  await world.warm("a");
  for (let minutes = 0; minutes < 120; minutes++) {
    await world.pass(60_000);
    assert.notEqual(world.peek("a"), undefined, "it is given out all the time");
  }
  assert.ok(world.node.opened.length > 10);
  // Standing still now: what is given out may be as old as the bound, by this clock and no other.
  world.node.link.stand();
  world.server.set("a");
  for (let n = 0; n < 100; n++) {
    world.peek("a");
    await world.pass(25);
  }
  await world.close();
}

/** The machine slept, and its monotonic clock with it. */
export async function noticesSleep(): Promise<void> {
  const world = await running();
  world.server.set("a");
  await world.warm("a");
  world.node.link.lose();
  world.clock.shiftWall(3_600_000);
  world.node.link.isDown = true;
  await world.pass(300);
  assert.equal(world.near.peek("a"), undefined);
  world.node.link.isDown = false;
  await world.pass(1_000);
  assert.notEqual(world.peek("a"), undefined);
  // A clock that is set back says nothing of the sort.
  const { length } = world.node.opened;
  world.clock.shiftWall(-7_200_000);
  await world.pass(2_000);
  assert.equal(world.node.opened.length, length);
  await world.close();
}

/** The event loop was blocked: what the connection brought meanwhile is read before it is taken for dead. */
export async function forgivesBlocking(): Promise<void> {
  const world = await running();
  await world.pass(500);
  world.clock.sleep(1_300);
  await settle();
  await world.pass(1_000);
  assert.equal(world.node.opened.length, 1);
  assert.equal(world.near.stats().coherent, true);
  await world.close();
}

/** An answer without line ends is not kept until the memory is full. */
export async function boundsGarbage(): Promise<void> {
  const world = await running();
  world.server.say("x".repeat(70_000));
  await world.pass(200);
  assert.equal(world.node.opened.length, 2);
  assert.equal(world.errors.length, 1);
  assert.match(String(world.errors[0]), /no event stream/);
  assert.equal(world.near.stats().coherent, true);
  await world.close();
}

async function running(): Promise<World> {
  const world = new World();
  await world.pass(10);
  return world;
}
