/** What GET /v1/changes?heartbeat= promises: whoever hears `alive` has been told of all that was made before its moment. */
import assert from "node:assert/strict";
import { Heartbeat } from "../../../src/feed/heartbeat.js";
import { type Follower, follow, type Told } from "./follower.js";
import { type Client, until, withServers } from "./support.js";

/** The server's shortest. */
const BEAT_MS = 100;

/** It begins with one, which shows the server's clock and where the feed is, also where only some keys are followed. */
export function aliveAtOnce(): Promise<void> {
  return withServers([{}], async ({ server }) => {
    const before = server.context.now();
    await using all = await followBeats(server.url, "", 15_000);
    await using some = await followBeats(server.url, "prefix=none");
    for (const { events } of [all, some]) {
      assert.equal(events[0].event, "alive");
      const at = atOf(events[0]);
      assert.ok(at > before - 1 && at <= server.context.now(), `${at} is not between ${before} and now`);
    }
    server.table.set("other", "1");
    const { latest } = server.context.feed.changes;
    await some.until((events) => Number(events.at(-1)?.id) === latest);
    assert.ok(some.events.every(({ event }) => event === "alive"));
    const moments = some.events.map(atOf);
    assert.ok(moments.every((at, index) => index === 0 || at > moments[index - 1]));
  });
}

/** Whoever comes back is told what he missed, and then that he is up to date. */
export function aliveAfterWhatWasMissed(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const first = await followBeats(here.server.url);
    await first[Symbol.asyncDispose]();
    await until(() => here.server.context.feed.changes.listeners === 0, "it has left");
    here.server.table.set("missed", "1");
    await using second = await followBeats(there.server.url, `from=${first.lastId}`);
    assert.deepEqual(
      second.events.slice(0, 2).map(({ event }) => event),
      ["set", "alive"],
    );
    await using third = await followBeats(there.server.url, "from=1");
    assert.deepEqual(
      third.events.slice(0, 2).map(({ event }) => event),
      ["reset", "alive"],
    );
  });
}

/** Heartbeats that are due while the stream still has thousands of changes to tell wait for those. */
export function aliveAfterEverything(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await using follower = await followBeats(here.server.url);
    const made: Made[] = [];
    for (let burst = 1; burst <= 5; burst++) {
      const dueAt = performance.now() + BEAT_MS * 1.5;
      for (let n = 0; n < 5_000; n++) made.push(make(here, there, `${burst}:${n}`));
      while (performance.now() < dueAt); // the heartbeat is due before any of it is told
      await follower.until((events) => isAliveSince(events, made));
    }
    keepsItsWord(follower.events, made);
  });
}

/** One that reads too slowly is not told that it is up to date before it has been told `reset`. */
export function notAliveWhileBehind(): Promise<void> {
  return withServers([{}], async (client) => {
    const { server } = client;
    await using slow = await followBeats(server.url);
    await using quick = await follow(server.url);
    slow.pause();
    const made: Made[] = [];
    const pad = "k".repeat(40);
    for (let round = 0; round < 120; round++) {
      for (let n = 0; n < 1_000; n++) made.push(make(client, client, pad + n));
      await quick.until((events) => events.length >= made.length);
    }
    const stoppedAt = performance.now();
    await until(() => performance.now() > stoppedAt + BEAT_MS * 2, "heartbeats that are not for it");
    slow.resume();
    await slow.until((events) => isAliveSince(events, made));
    assert.equal(slow.events.filter(({ event }) => event === "reset").length, 1);
    keepsItsWord(slow.events, made);
  });
}

/** The moment is read before the feed is looked at, and is that of the look, however late the event is sent. */
export async function momentComesFirst(): Promise<void> {
  const looks: string[] = [];
  const sent: [position: number, atMs: number][] = [];
  let nowMs = 10;
  const hub = {
    position: 5,
    get latest() {
      looks.push("latest");
      return 9;
    },
  };
  const now = () => {
    looks.push("now");
    return nowMs;
  };
  const send = (position: number, atMs: number) => sent.push([position, atMs]);
  const heartbeat = new Heartbeat({ intervalMs: 1_000_000, hub, now, send });
  try {
    heartbeat.beat();
    nowMs = 20;
    heartbeat.beat();
    hub.position = 8;
    heartbeat.moved();
    assert.deepEqual([looks, sent], [["now", "latest"], []]);
    hub.position = 12;
    heartbeat.moved();
    heartbeat.moved();
    heartbeat.beat();
    assert.deepEqual(sent, [
      [12, 10],
      [12, 20],
    ]);
  } finally {
    heartbeat.stop();
  }
}

interface Made {
  readonly sequence: number;
  /** By the server's clock, when it had been made. */
  readonly at: number;
}

/** One change, at any worker; `here` is the one that is followed. */
function make({ server: { context } }: Client, there: Client, key: string): Made {
  there.server.table.set(key, "1");
  return { sequence: context.feed.changes.latest, at: context.now() };
}

function isAliveSince(events: readonly Told[], made: readonly Made[]): boolean {
  const last = events.at(-1);
  return last?.event === "alive" && atOf(last) > (made.at(-1) as Made).at;
}

/** Before each `alive`, every change that was made before its moment was told, or a reset that includes it. */
function keepsItsWord(events: readonly Told[], made: readonly Made[]): void {
  const told = new Set<number>();
  let resetAt = 0;
  let next = 0;
  for (const event of events) {
    const id = Number(event.id);
    if (event.event === "set") told.add(id);
    else if (event.event === "reset") resetAt = id;
    else
      for (; next < made.length && made[next].at < atOf(event); next++)
        assert.ok(
          told.has(made[next].sequence) || made[next].sequence <= resetAt,
          `alive at ${atOf(event)}, but change ${next} of ${made[next].at} was not told`,
        );
  }
  assert.equal(next, made.length);
}

async function followBeats(url: string, query = "", beatMs = BEAT_MS): Promise<Follower> {
  const follower = await follow(`${url}/v1/changes?heartbeat=${beatMs}ms&${query}`);
  await follower.until((events) => events.some(({ event }) => event === "alive"));
  return follower;
}

function atOf({ data }: Told): number {
  return (JSON.parse(data) as { at: number }).at;
}
