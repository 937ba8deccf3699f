/** GET /v1/changes: what changes is told, soon and in order, or it is said that something was missed. */
import pino from "pino";
import { describe, expect, it } from "vitest";
import { everybody, type Principal } from "../../../src/access/types.js";
import { startServer } from "../../../src/index.js";
import * as alive from "./alive-scenes.js";
import * as scenes from "./changes-scenes.js";
import { follow } from "./follower.js";
import { until, withServer, withServers } from "./support.js";

describe("a follower", () => {
  it("is told every change of every worker, in order", () => scenes.tellsAll());
  for (const by of ["header", "query"] as const)
    it(`resumes where it was, by ${by}`, () => scenes.resumes(by));
  it("is told if what it missed is not known any more", () => scenes.resetsWhoIsBehind());
  it("is told if it was overtaken", () => scenes.resetsWhoIsOvertaken());
  it("may be slow", () => scenes.boundsBacklog());
  it("may want only keys that begin so", () => scenes.filters());

  it("hears of a change within 10 ms", () =>
    withServers([{}, {}], async (here, there) => {
      await using follower = await follow(here.server.url);
      const took: number[] = [];
      for (let n = 1; n <= 200; n++) {
        const since = performance.now();
        there.server.table.set("k", `${n}`);
        await follower.until((events) => events.length === n);
        took.push((follower.events.at(-1)?.at as number) - since);
      }
      took.sort((one, other) => one - other);
      expect(took[100]).toBeLessThan(10);
    }));

  it("is answered as a stream that nobody keeps or holds back", () =>
    withServer(async ({ server, ask }) => {
      await using follower = await follow(server.url);
      const { statusCode, headers } = follower.response;
      expect([statusCode, headers]).toEqual([
        200,
        expect.objectContaining({
          "content-type": "text/event-stream",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
          connection: "close",
        }),
      ]);
      const { status, headers: same, body } = await ask("/v1/changes", { method: "HEAD" });
      expect([status, same["content-type"], body]).toEqual([200, "text/event-stream", ""]);
    }));

  it("learns where it is from silence too, so that it can resume", async () => {
    let now = 1_000;
    await withServer(
      async ({ server }) => {
        await using follower = await follow(`${server.url}/v1/changes?prefix=none`);
        const first = Number(follower.lastId);
        for (let n = 0; n < 10; n++) server.table.set("other", "1");
        now += 15_000;
        await until(() => Number(follower.lastId) === first + 10, "a sign of life");
        expect(follower.events).toEqual([]);
      },
      { context: { now: () => now } },
    );
  });

  it("is cut off if it reads nothing for a minute", async () => {
    let now = 1_000;
    await withServer(
      async ({ server }) => {
        await using follower = await follow(server.url);
        follower.pause();
        const { changes } = server.context.feed;
        for (let round = 0; changes.listeners > 0; round++) {
          for (let n = 0; n < 1_000; n++) server.table.set(`${"k".repeat(40)}${n}`, "1");
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (round > 200) now += 10_000;
          if (round > 2_000) throw new Error("it was not cut off");
        }
      },
      { context: { now: () => now } },
    );
  });

  it("that goes is forgotten", () =>
    withServer(async ({ server }) => {
      const { changes } = server.context.feed;
      const follower = await follow(server.url);
      expect(changes.listeners).toBe(1);
      follower.response.destroy();
      await until(() => changes.listeners === 0, "it is forgotten");
    }));

  it("does not hold up a server that stops", () =>
    withServer(async ({ server }) => {
      const follower = await follow(server.url);
      const since = performance.now();
      await server.close();
      await until(() => follower.ended, "the stream ends");
      expect(performance.now() - since).toBeLessThan(90); // after 100 ms it would have been cut off
    }));

  it("has to say what it wants in a way that can be had", () =>
    withServer(async ({ ask }) => {
      const cases: [query: string, said: RegExp][] = [
        ["from=x", /"from" must be the id of an event/],
        ["from=-1", /"from" must be the id of an event/],
        ["from=", /"from" must be the id of an event/],
        [`prefix=${"k".repeat(49)}`, /^prefix must be at most 48 bytes/],
        ["prefix=%ff", /UTF-8/],
      ];
      for (const [query, said] of cases) {
        const { status, json } = await ask(`/v1/changes?${query}`);
        expect([query, status, json.error]).toEqual([query, 400, expect.stringMatching(said)]);
      }
      expect((await ask("/v1/changes", { method: "POST" })).headers.allow).toBe("GET, HEAD");
    }));
});

describe("a follower that asks for heartbeats", () => {
  it("is told at once up to when it is up to date", () => alive.aliveAtOnce());
  it("is told so after what it missed", () => alive.aliveAfterWhatWasMissed());
  it("is told so after all that was made before", () => alive.aliveAfterEverything());
  it("is told of the moment before the look", () => alive.momentComesFirst());
  it("is not told so while it is behind", () => alive.notAliveWhileBehind());

  it("is not told more often than it wants", () =>
    withServer(async ({ server }) => {
      await using follower = await follow(`${server.url}/v1/changes?heartbeat=15s`);
      await using often = await follow(`${server.url}/v1/changes?heartbeat=100`);
      await often.until((events) => events.length === 4);
      expect(follower.events.map(({ event }) => event)).toEqual(["alive"]);
    }));

  it("hears of one clock, whichever worker it is connected to", async () => {
    const log = pino({ level: "silent" });
    await using server = await startServer({ port: 0, workers: 3, memory: "16mb" }, { log });
    const moments: number[] = [];
    for (let n = 0; n < 12; n++) {
      await using follower = await follow(`${server.url}/v1/changes?heartbeat=1s`);
      await follower.until((events) => events.length > 0);
      moments.push(JSON.parse(follower.events[0].data).at);
    }
    // Threads agree to some microseconds; a clock that begins with its thread would be tens of milliseconds off.
    expect(moments.every((at, n) => n === 0 || at > moments[n - 1] - 0.2)).toBe(true);
    expect(moments[0]).toBeGreaterThan(0);
  });

  it("has to say a time from 100 ms to 15 s", () =>
    withServer(async ({ ask }) => {
      for (const text of ["99", "15001", "16s", "0", "", "x", "1e3"]) {
        const { status, json } = await ask(`/v1/changes?heartbeat=${text}`);
        expect([text, status, json.code]).toEqual([text, 400, "invalid_query"]);
        expect(json.error).toMatch(/"heartbeat" must be .* from 100ms to 15s/);
      }
    }));
});

describe("a token with prefixes", () => {
  const withPrefixes = (
    prefixes: readonly string[],
    run: (url: string, set: (key: string) => void, reload: () => void) => Promise<void>,
  ) => {
    const access = {
      on: true,
      generation: 0,
      identify: (): Principal => ({ ...everybody, scope: "read", prefixes }),
      admit: () => 0,
    };
    return withServer(
      ({ server: { url, table } }) =>
        run(
          url,
          (key) => table.set(key, "1", { tags: ["secret"] }),
          () => access.generation++,
        ).then(() => undefined),
      { context: { access } },
    );
  };

  it("follows what it reaches, and learns no names of tags", () =>
    withPrefixes(["a:", "b:"], async (url, set) => {
      await using follower = await follow(url);
      await using narrow = await follow(`${url}/v1/changes?prefix=b%3A1`);
      for (const key of ["a:1", "c:1", "b:1", "b:2", "a"]) set(key);
      await follower.until((events) => events.length === 3);
      expect(follower.told()).toEqual(['set {"key":"a:1"}', 'set {"key":"b:1"}', 'set {"key":"b:2"}']);
      expect(narrow.told()).toEqual(['set {"key":"b:1"}']);
    }));

  it("cannot reach beyond", () =>
    withPrefixes(["a:"], async (url) => {
      for (const prefix of ["b:", "a", ""])
        expect((await fetch(`${url}/v1/changes?prefix=${prefix}`)).status).toBe(403);
    }));

  it("is not told of keys that the feed cannot tell from its own", () =>
    withPrefixes(["k".repeat(49)], async (url) => {
      expect((await fetch(`${url}/v1/changes`)).status).toBe(400);
    }));

  it("has to show itself again when tokens were loaded anew", () =>
    withPrefixes(["a:"], async (url, _, reload) => {
      await using follower = await follow(url);
      reload();
      await until(() => follower.ended, "the stream ends");
    }));
});
