/** What OpenTelemetry has to be told after known calls; each scene throws where it is not. */
import { channel } from "node:diagnostics_channel";
import { expect } from "vitest";
import { deferred } from "../../src/testing/deferred.js";
import { FakeServer } from "../client/support/fake-server.js";
import { fakeTiered } from "../metrics/fake-tiered.js";
import type * as library from "../metrics/lib.js";
import { tracking } from "../metrics/tracking.js";
import { startSdk, type Told, treeOf } from "./sdk.js";

type Lib = typeof library;
type Scene = (lib: Lib, told: Told) => Promise<void>;

const storeMessage = {
  cache: "own",
  store: "postgres",
  verb: "getMany",
  keys: 3,
  outcome: "answered",
  timeMs: 5,
};

export const scenes: Readonly<Record<string, Scene>> = {
  async "counters and gauges of a cache"({ Cache, instrument }, { api, points }) {
    const users = new Cache<string, number>({ name: "own" });
    const instrumentation = instrument({ users }, { api });
    users.set("a", 1);
    users.get("a");
    users.delete("a");
    const told = await points();
    const of = (name: string) =>
      told.get(`stowage.${name}`)?.points.map(({ value, attributes }) => [value, attributes]);
    expect(of("cache.hits")).toEqual([[1, { "stowage.cache": "users" }]]);
    expect(of("cache.entries")).toEqual([[0, { "stowage.cache": "users" }]]);
    expect(of("cache.removals")).toContainEqual([
      1,
      { "stowage.cache": "users", "stowage.cause": "deleted" },
    ]);
    expect(told.get("stowage.cache.load.time")?.unit).toBe("s");
    instrumentation.stop();
    users.set("b", 1);
    expect((await points()).get("stowage.cache.entries")?.points[0].value).toBe(0);
    users.close();
  },

  async "durations of loads, with the kind of their errors"(
    { Cache, instrument, FakeClock },
    { api, points },
  ) {
    const clock = new FakeClock();
    const users = new Cache<string, number>({ clock });
    const instrumentation = instrument({ users }, { api, clock });
    await users.fetch("a", async () => {
      clock.advance(1_500);
      return 1;
    });
    await users.fetch("b", async () => Promise.reject(new RangeError("no"))).catch(() => undefined);
    const { points: durations = [] } = (await points()).get("stowage.cache.load.duration") ?? {};
    expect(durations.map(({ attributes }) => attributes)).toEqual([
      { "stowage.cache": "users" },
      { "stowage.cache": "users", "error.type": "RangeError" },
    ]);
    expect(durations[0].value).toMatchObject({ count: 1, sum: 1.5 });
    instrumentation.stop();
    users.close();
  },

  async "a load is the active span of what it does, below its call"(
    { Cache, instrument, FakeClock },
    { api, spans, inside },
  ) {
    const users = new Cache<string, number>({ name: "own" });
    const instrumentation = instrument({ users }, { api, clock: new FakeClock() });
    const load = async () => inside("query", async () => 1);
    await inside("request", () => users.fetch("a", load));
    await inside("request", () => users.fetch("a", load));
    expect(treeOf(spans())).toEqual([
      "fetch users < request",
      "load users < fetch users",
      "query < load users",
      "request < -",
      "request < -",
    ]);
    const [fetch] = spans().filter(({ name }) => name === "fetch users");
    expect(fetch.attributes).toEqual({
      "stowage.cache": "users",
      "stowage.verb": "fetch",
      "stowage.loaded": true,
    });
    instrumentation.stop();
    users.close();
  },

  async "wrapped functions and many keys are traced as well"({ Cache, instrument }, { api, spans }) {
    const users = new Cache<string, number>();
    const instrumentation = instrument({ users }, { api });
    const wrapped = users.wrap(async (id: number) => id);
    await wrapped(1);
    await users.fetchMany(["a", "b"], async (keys) => new Map(keys.map((key) => [key, 1])));
    const names = spans().map(({ name }) => name);
    expect(names.sort()).toEqual(["fetch users", "fetchMany users", "load users", "load users"]);
    instrumentation.stop();
    users.close();
  },

  async "who waits for another's load has a span without one"(
    { Cache, instrument, FakeClock },
    { api, spans },
  ) {
    const clock = new FakeClock();
    const users = new Cache<string, number>({ clock });
    const instrumentation = instrument({ users }, { api, clock });
    const source = deferred<number>();
    const both = [users.fetch("a", () => source.promise), users.fetch("a", () => source.promise)];
    clock.advance(20);
    source.resolve(1);
    await Promise.all(both);
    const loaded = spans()
      .filter(({ name }) => name === "fetch users")
      .map(({ attributes }) => attributes["stowage.loaded"]);
    expect(loaded.sort()).toEqual([false, true]);
    expect(spans().filter(({ name }) => name === "load users")).toHaveLength(1);
    instrumentation.stop();
    users.close();
  },

  async "failures are on the spans, and reach the caller as they are"({ Cache, instrument }, { api, spans }) {
    const users = new Cache<string, number>();
    const instrumentation = instrument({ users }, { api, keys: true });
    const error = Object.assign(new Error("secret"), { code: "E_DATABASE" });
    await expect(users.fetch("a", () => Promise.reject(error))).rejects.toBe(error);
    const thrown = () => {
      throw error;
    };
    await expect(users.fetch("b", thrown)).rejects.toBe(error);
    expect(spans()).toHaveLength(4);
    for (const span of spans()) {
      expect(span.status.code).toBe(2);
      expect(span.attributes["error.type"]).toBe("E_DATABASE");
      expect(span.events[0].attributes?.["exception.message"]).toBe("secret");
    }
    expect(spans().map(({ attributes }) => attributes["stowage.key"])).toEqual(["a", "a", "b", "b"]);
    instrumentation.stop();
    users.close();
  },

  async "a load behind stands below the call that began it"(
    { Cache, instrument, FakeClock },
    { api, spans },
  ) {
    const clock = new FakeClock();
    const users = new Cache<string, number>({ clock });
    const instrumentation = instrument({ users }, { api, clock });
    const options = { ttl: 100, staleWhileRevalidate: 1_000 };
    await users.fetch("a", async () => 1, options);
    clock.advance(200);
    const source = deferred<number>();
    expect(await users.fetch("a", () => source.promise, options)).toBe(1);
    source.resolve(2);
    await clock.advanceAsync(1);
    expect(treeOf(spans())).toEqual([
      "fetch users < -",
      "fetch users < -",
      ...Array(2).fill("load users < fetch users"),
    ]);
    instrumentation.stop();
    users.close();
  },

  async "calls of L2 stand below the call of the cache that made them"(
    { instrument },
    { api, spans, points, inside },
  ) {
    const store = channel("stowage:tiered:store");
    const app = Object.assign(fakeTiered("own"), {
      fetch: async (_key: string, loader: () => Promise<number>) => {
        await Promise.resolve();
        store.publish(storeMessage);
        store.publish({ ...storeMessage, cache: "somebody's" });
        return loader();
      },
    });
    const instrumentation = instrument({ app }, { api });
    await inside("request", () => app.fetch("a", async () => 1));
    expect(treeOf(spans())).toEqual([
      "fetch app < request",
      "getMany postgres < fetch app",
      "load app < fetch app",
      "request < -",
    ]);
    const [call] = spans().filter(({ name }) => name === "getMany postgres");
    expect(call.attributes).toEqual({
      "db.system.name": "postgresql",
      "db.operation.name": "getMany",
      "db.operation.batch.size": 3,
      "stowage.cache": "app",
      "stowage.tier": "l2",
    });
    expect(call.kind).toBe(2);
    expect(call.duration[1] / 1e6 + call.duration[0] * 1_000).toBeGreaterThan(3);
    store.publish({ ...storeMessage, outcome: "timeout" });
    const failed = spans().at(-1);
    expect(failed?.attributes["error.type"]).toBe("timeout");
    expect(failed?.status.code).toBe(2);
    const { points: calls = [], unit } = (await points()).get("db.client.operation.duration") ?? {};
    expect(unit).toBe("s");
    expect(calls.map(({ attributes }) => attributes["error.type"])).toEqual([undefined, "timeout"]);
    expect(calls[0].value).toMatchObject({ count: 1, sum: 0.005 });
    instrumentation.stop();
  },

  async "requests of clients, by the conventions for HTTP"(
    { Client, instrument },
    { api, spans, points, inside },
  ) {
    const server = new FakeServer();
    const [mine, other] = ["http://a:81", "https://b"].map(
      (url) => new Client({ url, transport: server.transport }),
    );
    const instrumentation = instrument({ mine }, { api });
    await inside("request", () => mine.get("secret"));
    await other.get("a");
    expect(treeOf(spans())).toEqual(["POST < request", "request < -"]);
    const [post] = spans();
    expect(post.attributes).toEqual({
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "server.address": "a",
      "server.port": 81,
      "stowage.client": "mine",
      "stowage.operations": 1,
    });
    const { points: requests = [] } = (await points()).get("http.client.request.duration") ?? {};
    expect(requests).toHaveLength(1);
    expect(requests[0].attributes).toEqual({
      "stowage.client": "mine",
      "server.address": "a",
      "server.port": 81,
      "http.request.method": "POST",
      "http.response.status_code": 200,
    });
    expect(JSON.stringify(post.attributes)).not.toContain("secret");
    instrumentation.stop();
    mine.close();
    other.close();
  },

  async "stop leaves the caches as they were"({ Cache, instrument }, { api, spans }) {
    const users = new Cache<string, number>();
    const { fetch } = users;
    const instrumentation = instrument({}, { api });
    instrumentation.add("users", users);
    expect(users.fetch).not.toBe(fetch);
    expect(instrumentation.remove("users")).toBe(true);
    expect(instrumentation.remove("users")).toBe(false);
    expect(Object.hasOwn(users, "fetch")).toBe(false);
    instrumentation.add("users", users);
    instrumentation.stop();
    instrumentation.stop();
    expect(users.fetch).toBe(fetch);
    expect(Object.hasOwn(users, "fetch")).toBe(false);
    for (const name of ["load", "tiered:load", "tiered:store", "client:request"])
      expect(channel(`stowage:${name}`).hasSubscribers, name).toBe(false);
    await users.fetch("a", async () => 1);
    expect(spans()).toEqual([]);
    users.close();
  },

  async "metrics and spans can be had without the other"({ Cache, instrument }, { api, spans, points }) {
    const users = new Cache<string, number>();
    const measured = instrument({ users }, { api, spans: false });
    await users.fetch("a", async () => 1);
    expect(spans()).toEqual([]);
    expect((await points()).size).toBeGreaterThan(5);
    measured.stop();
    const traced = instrument({ users }, { api, metrics: false });
    await users.fetch("b", async () => 1);
    expect(spans()).toHaveLength(2);
    expect((await points()).get("stowage.cache.writes")?.points[0].value).toBe(1);
    traced.stop();
    users.close();
  },

  async "an OpenTelemetry that throws harms no call"({ Cache, instrument }, { api }) {
    const users = new Cache<string, number>();
    const broken = {
      startSpan: () => {
        throw new Error("no");
      },
    };
    const throwing = { ...api, trace: { getTracer: () => broken as never } };
    const instrumentation = instrument({ users }, { api: throwing, metrics: false });
    expect(await users.fetch("a", async () => 1)).toBe(1);
    expect(instrumentation.errors).toBeGreaterThan(0);
    instrumentation.stop();
    users.close();
  },

  async "without OpenTelemetry nothing happens"({ Cache, instrument }) {
    const users = new Cache<string, number>();
    const instrumentation = instrument({ users });
    expect(await users.fetch("a", async () => 1)).toBe(1);
    expect(instrumentation.errors).toBe(0);
    instrumentation.stop();
    users.close();
    expect(() => instrument({ users: {} as never })).toThrow(/a Cache, a SharedCache/);
    expect(() => instrument({}, { api: {} })).toThrow(/api/);
  },
};

/** The name of the first scene that fails. */
export async function firstFailure(lib: Lib): Promise<string | undefined> {
  const { lib: tracked, close } = tracking(lib);
  for (const [name, scene] of Object.entries(scenes)) {
    const told = startSdk();
    try {
      await scene(tracked, told);
    } catch {
      return name;
    } finally {
      close();
      await told.close();
    }
  }
  return undefined;
}
