/** What GET /v1/changes promises, as functions that reject where it does not hold; see mutants.test.ts. */
import assert from "node:assert/strict";
import { follow } from "./follower.js";
import { until, withServers } from "./support.js";

/** Every change of every worker's, once, in order, with ids that grow. */
export function tellsAll(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await using follower = await follow(here.server.url);
    const { table } = here.server;
    await there.put("a", "1");
    await here.put("ä/1", "1", { "stowage-tags": "x" });
    table.incr("n");
    await there.delete("a");
    await there.delete("absent");
    await here.post("/v1/invalidate", { tags: ["x"] });
    table.set("k".repeat(60), "1");
    table.set(`${"k".repeat(47)}ä`, "1");
    table.clear();
    await follower.until((events) => events.at(-1)?.event === "clear");
    // A clear is told at its beginning and at its end.
    assert.deepEqual(
      [...new Set(follower.told())],
      [
        'set {"key":"a"}',
        'set {"key":"ä/1"}',
        'set {"key":"n"}',
        'delete {"key":"a"}',
        'delete {"key":"absent"}',
        'tag {"tag":"x"}',
        `set {"keyStart":"${"k".repeat(48)}","keyLength":60}`,
        `set {"keyStart":"${"k".repeat(47)}","keyLength":49}`,
        "clear {}",
      ],
    );
    const ids = follower.events.map(({ id }) => Number(id));
    assert.ok(ids.every((id, index) => index === 0 || id > ids[index - 1]));
  });
}

/** One that comes back, to another worker, is told what it missed, and nothing twice. */
export function resumes(by: "header" | "query"): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const first = await follow(here.server.url);
    const { table } = here.server;
    table.set("seen", "1");
    await first.until((events) => events.length === 1);
    await first[Symbol.asyncDispose]();
    await until(() => here.server.context.feed.changes.listeners === 0, "it has left");
    table.set("missed", "1");
    table.delete("missed");
    await using second = await follow(
      by === "query" ? `${there.server.url}/v1/changes?from=${first.lastId}` : there.server.url,
      by === "header" ? { "last-event-id": first.lastId } : {},
    );
    table.set("new", "1");
    await second.until((events) => events.at(-1)?.data === '{"key":"new"}');
    assert.deepEqual(second.told(), ['set {"key":"missed"}', 'delete {"key":"missed"}', 'set {"key":"new"}']);
  });
}

/** One that comes back after more than the feed remembers, or from another life of the server, is told so, and goes on. */
export function resetsWhoIsBehind(): Promise<void> {
  return withServers([{ table: { feed: 64 } }], async ({ server }) => {
    const first = await follow(server.url);
    const { table } = server;
    table.set("seen", "1");
    await first.until((events) => events.length === 1);
    await first[Symbol.asyncDispose]();
    for (let n = 0; n < 200; n++) table.set(`${n}`, "1");
    for (const id of [first.lastId, "1", String(2 ** 50), "nonsense", "-5"]) {
      await using second = await follow(server.url, { "last-event-id": id });
      table.set("new", "1");
      await second.until((events) => events.length === 2);
      assert.deepEqual(second.told(), ["reset {}", 'set {"key":"new"}']);
    }
  });
}

/** A burst beyond what the feed remembers, in one turn, is told as a reset. */
export function resetsWhoIsOvertaken(): Promise<void> {
  return withServers([{ table: { feed: 64 } }], async ({ server }) => {
    await using follower = await follow(server.url);
    for (let n = 0; n < 200; n++) server.table.set(`${n}`, "1");
    await follower.until((events) => events.length > 0);
    server.table.set("new", "1");
    await follower.until((events) => events.length === 2);
    assert.deepEqual(follower.told(), ["reset {}", 'set {"key":"new"}']);
  });
}

/** A reader that takes nothing costs a bounded amount of memory, and learns that it missed something. Others don't notice. */
export function boundsBacklog(): Promise<void> {
  return withServers([{}], async ({ server }) => {
    await using slow = await follow(server.url);
    await using quick = await follow(server.url);
    slow.pause();
    const pad = "k".repeat(40);
    const changes = 120_000; // some 11 MB of events
    for (let told = 1_000; told <= changes; told += 1_000) {
      for (let n = 0; n < 1_000; n++) server.table.set(`${pad}${n}`, "1");
      await quick.until((events) => events.length >= told);
    }
    assert.ok(
      quick.events.every(({ event }) => event === "set"),
      "another one's slowness is told to one that is quick",
    );
    slow.resume();
    await slow.until((events) => events.at(-1)?.event === "reset");
    server.table.set("new", "1");
    await slow.until((events) => events.at(-1)?.data === '{"key":"new"}');
    assert.equal(slow.events.filter(({ event }) => event === "reset").length, 1);
    // What the system's own buffers take comes on top.
    assert.ok(
      slow.events.length < changes * 0.8,
      `${slow.events.length} events waited for a reader that did not read`,
    );
  });
}

/** Only what begins so, and what is of no one key. */
export function filters(): Promise<void> {
  return withServers([{}], async ({ server }) => {
    await using follower = await follow(`${server.url}/v1/changes?prefix=user%3A`);
    for (const key of ["user:1", "user", "users:1", "user:", "a"]) server.table.set(key, "1");
    server.table.clear();
    await follower.until((events) => events.at(-1)?.event === "clear");
    assert.deepEqual(
      [...new Set(follower.told())],
      ['set {"key":"user:1"}', 'set {"key":"user:"}', "clear {}"],
    );
  });
}
