/** What the text has to say after known calls; each scene throws where it does not. */
import { channel } from "node:diagnostics_channel";
import { expect } from "vitest";
import { figureOf, parsePrometheus } from "../../../server/test/support/prometheus.js";
import { FakeServer } from "../client/support/fake-server.js";
import { fakeTiered } from "../metrics/fake-tiered.js";
import type * as library from "../metrics/lib.js";
import { tracking } from "../metrics/tracking.js";

type Lib = typeof library;
type Scene = (lib: Lib) => void | Promise<void>;

export const scenes: Readonly<Record<string, Scene>> = {
  async "figures of a cache"({ Cache, PrometheusMetrics, FakeClock }) {
    const clock = new FakeClock();
    const users = new Cache<string, number>({ name: "own", max: 2, clock, policy: "lru" });
    const metrics = new PrometheusMetrics({ users });
    users.set("a", 1);
    users.set("b", 2);
    users.set("c", 3);
    for (const key of ["c", "c", "x"]) users.get(key);
    users.delete("b");
    await users.fetch("d", async () => {
      clock.advance(1_500);
      return 4;
    });
    for (const key of ["e", "g"])
      await users.fetch(key, async () => Promise.reject(new Error("no"))).catch(() => undefined);
    const late = users.fetch("f", async () => users.delete("f") as unknown as number);
    await late;
    const read = parsePrometheus(metrics.text());
    const of = (name: string, labels = {}) => figureOf(read, name, { cache: "users", ...labels });
    expect(of("stowage_cache_hits_total")).toBe(2);
    expect(of("stowage_cache_misses_total")).toBe(users.stats().misses);
    expect(of("stowage_cache_writes_total")).toBe(4);
    expect(of("stowage_cache_entries")).toBe(2);
    expect(of("stowage_cache_removals_total", { cause: "evicted" })).toBe(1);
    expect(of("stowage_cache_removals_total", { cause: "deleted" })).toBe(1);
    expect(of("stowage_cache_removals_total", { cause: "expired" })).toBe(0);
    expect(of("stowage_cache_loads_total", { outcome: "ok" })).toBe(2);
    expect(of("stowage_cache_loads_total", { outcome: "failed" })).toBe(2);
    expect(of("stowage_cache_loads_overtaken_total")).toBe(1);
    expect(of("stowage_cache_load_time_seconds_total")).toBe(1.5);
    expect(of("stowage_cache_calls_total", { verb: "set" })).toBe(3);
    const duration = "stowage_cache_load_duration_seconds";
    expect(of(`${duration}_count`, { outcome: "ok" })).toBe(2);
    expect(of(`${duration}_sum`, { outcome: "ok" })).toBe(1.5);
    expect(of(`${duration}_bucket`, { outcome: "ok", le: "1" })).toBe(1);
    expect(of(`${duration}_bucket`, { outcome: "ok", le: "2.5" })).toBe(2);
    expect(of(`${duration}_count`, { outcome: "failed" })).toBe(2);
    users.close();
    metrics.close();
  },

  async "what equals a bound is below it, and what is above all is in +Inf alone"({
    Cache,
    PrometheusMetrics,
    FakeClock,
  }) {
    const clock = new FakeClock();
    const users = new Cache<string, number>({ clock });
    const metrics = new PrometheusMetrics({ users });
    for (const [key, ms] of Object.entries({ a: 500, b: 60_000 }))
      await users.fetch(key, async () => {
        clock.advance(ms);
        return 1;
      });
    const read = parsePrometheus(metrics.text());
    const below = (le: string) =>
      figureOf(read, "stowage_cache_load_duration_seconds_bucket", { cache: "users", outcome: "ok", le });
    expect([below("0.25"), below("0.5"), below("30"), below("+Inf")]).toEqual([0, 1, 1, 2]);
    users.close();
    metrics.close();
  },

  "figures of a cache that threads share"({ SharedCache, PrometheusMetrics }) {
    const pages = SharedCache.create<string>({ memory: "2mb", max: 500, janitor: false });
    const metrics = new PrometheusMetrics({ pages });
    pages.set("a", "1");
    pages.get("a");
    const read = parsePrometheus(metrics.text());
    const of = (name: string) => figureOf(read, name, { cache: "pages" });
    expect(of("stowage_cache_hits_total")).toBe(1);
    expect(of("stowage_cache_entries")).toBe(1);
    expect(of("stowage_cache_entries_limit")).toBe(500);
    expect(of("stowage_cache_memory_limit_bytes")).toBe(pages.stats().table.memory.total);
    expect(of("stowage_cache_memory_used_bytes")).toBe(pages.stats().table.memory.used);
    expect(of("stowage_cache_memory_live_bytes")).toBe(pages.stats().table.memory.live);
    expect(of("stowage_cache_threads")).toBe(1);
    pages.close();
    metrics.close();
  },

  async "figures of a client, by server"({ Client, PrometheusMetrics }) {
    const server = new FakeServer();
    const api = new Client({ url: "http://a:1", transport: server.transport });
    const other = new Client({ url: "http://b:1", transport: server.transport });
    const metrics = new PrometheusMetrics({ api });
    await Promise.all([api.set("a", 1), api.get("a")]);
    await api.size();
    await other.get("a");
    const read = parsePrometheus(metrics.text());
    const node = "http://a:1";
    const of = (name: string, labels = {}) => figureOf(read, name, { client: "api", ...labels });
    expect(of("stowage_client_requests_total", { node })).toBe(2);
    expect(of("stowage_client_operations_total", { node })).toBe(3);
    expect(of("stowage_client_failures_total", { node })).toBe(0);
    expect(of("stowage_client_pending", { node })).toBe(0);
    expect(of("stowage_client_breakers", { state: "closed" })).toBe(1);
    expect(of("stowage_client_breakers", { state: "open" })).toBe(0);
    const counted = read.get("stowage_client_request_duration_seconds")?.samples ?? [];
    expect(counted.every(({ labels }) => labels.client === "api" && labels.node === node)).toBe(true);
    expect(of("stowage_client_request_duration_seconds_count", { node, outcome: "2xx" })).toBe(2);
    metrics.remove("api");
    expect(metrics.text()).not.toContain(node);
    api.close();
    other.close();
    metrics.close();
  },

  "at most a hundred servers have figures of their own"({ Client, PrometheusMetrics }) {
    const server = new FakeServer();
    const urls = Array.from({ length: 130 }, (_, at) => `http://a:${at + 1}`);
    const api = new Client({ urls, transport: server.transport });
    const metrics = new PrometheusMetrics({ api });
    const read = parsePrometheus(metrics.text());
    const { samples } = read.get("stowage_client_requests_total") ?? { samples: [] };
    expect(samples).toHaveLength(101);
    expect(samples.at(-1)?.labels).toEqual({ client: "api", node: "other" });
    expect(figureOf(read, "stowage_client_breakers", { client: "api", state: "closed" })).toBe(130);
    api.close();
    metrics.close();
  },

  "figures of tiers"({ PrometheusMetrics }) {
    const metrics = new PrometheusMetrics({ app: fakeTiered("own") });
    const store = channel("stowage:tiered:store");
    const message = {
      cache: "own",
      store: "redis",
      verb: "getMany",
      keys: 3,
      outcome: "answered",
      timeMs: 2,
    };
    store.publish(message);
    store.publish({ ...message, cache: "somebody's" });
    channel("stowage:tiered:load").publish({ cache: "own", key: "a", ok: false, timeMs: 10 });
    const read = parsePrometheus(metrics.text());
    const of = (name: string, labels = {}) =>
      figureOf(read, `stowage_tiered_${name}`, { cache: "app", ...labels });
    const tiers = (name: string) => [of(name, { tier: "l1" }), of(name, { tier: "l2" })];
    expect(tiers("hits_total")).toEqual([101, 203]);
    expect(tiers("misses_total")).toEqual([102, 204]);
    expect(tiers("writes_total")).toEqual([103, 208]);
    expect(of("l1_evictions_total")).toBe(104);
    const outcomes = ["answered", "failed", "timeout", "away", "crowded", "aborted"];
    expect(outcomes.map((outcome) => of("l2_calls_total", { verb: "getMany", outcome }))).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(of("l2_call_time_seconds_total", { verb: "getMany" })).toBe(7.5);
    const reasons = [
      "stale",
      "invalidated",
      "refused",
      "foreign",
      "version",
      "damaged",
      "unreadable",
      "too_large",
    ];
    expect(reasons.map((reason) => of("l2_unusable_total", { reason }))).toEqual([
      205, 206, 207, 211, 212, 213, 214, 215,
    ]);
    expect(of("l2_failures_total")).toBe(210);
    expect(["closed", "half-open", "open"].map((state) => of("l2_breaker", { state }))).toEqual([0, 1, 0]);
    expect(of("l2_pending")).toBe(403);
    const bus = ["sent", "received", "doubled", "gaps", "flushes", "failures"];
    expect(bus.map((what) => of(`bus_${what}_total`))).toEqual([301, 302, 303, 304, 305, 306]);
    expect(of("bus_behind")).toBe(1);
    expect(["ok", "failed", "shared"].map((outcome) => of("loads_total", { outcome }))).toEqual([
      401, 402, 404,
    ]);
    expect([of("loads_overtaken_total"), of("stale_total"), of("owed")]).toEqual([403, 405, 406]);
    expect(of("load_time_seconds_total")).toBe(4.5);
    expect(of("errors_total", { source: "warmer" })).toBe(409);
    expect(of("load_duration_seconds_count", { outcome: "failed" })).toBe(1);
    expect(of("l2_call_duration_seconds_count", { verb: "getMany", outcome: "answered" })).toBe(1);
    expect(of("l2_call_duration_seconds_sum", { verb: "getMany", outcome: "answered" })).toBe(0.002);
    metrics.close();
  },

  "tiers without L2, bus or L1 are told without them"({ PrometheusMetrics }) {
    const nothing = { ...fakeTiered("a").stats(), l1: null, l2: null, bus: null };
    const metrics = new PrometheusMetrics({ app: fakeTiered("a", nothing) });
    const read = parsePrometheus(metrics.text());
    const names = [...read.keys()];
    expect(figureOf(read, "stowage_metrics_errors_total")).toBe(0);
    expect(names.filter((name) => /_l1_|_l2_|_bus_|_hits_/.test(name))).toEqual([]);
    expect(names).toContain("stowage_tiered_owed");
    metrics.close();
  },

  async "labels and prefix are on every line"({ Cache, PrometheusMetrics }) {
    const users = new Cache<string, number>();
    const labels = { service: 'a "b"\\\n' };
    const metrics = new PrometheusMetrics({ users }, { prefix: "my:app", labels });
    await users.fetch("a", async () => 1);
    const read = [...parsePrometheus(metrics.text()).values()];
    expect(read.length).toBeGreaterThan(10);
    for (const { name, samples } of read) {
      expect(name).toMatch(/^my:app_/);
      for (const sample of samples) expect(sample.labels).toMatchObject(labels);
    }
    users.close();
    metrics.close();
  },

  "what is closed goes by itself, and nothing is counted after close"({ Cache, PrometheusMetrics }) {
    const users = new Cache<string, number>({ name: "users" });
    const pages = new Cache<string, number>({ name: "pages" });
    const metrics = new PrometheusMetrics({ users });
    metrics.add("pages", pages);
    expect(metrics.text()).toContain('cache="pages"');
    pages.close();
    expect(metrics.text()).not.toContain('cache="pages"');
    const again = new Cache<string, number>({ name: "pages" });
    metrics.add("pages", again);
    metrics.close();
    expect(channel("stowage:load").hasSubscribers).toBe(false);
    expect(channel("stowage:tiered:store").hasSubscribers).toBe(false);
    expect([...parsePrometheus(metrics.text()).keys()]).toEqual(["stowage_metrics_errors_total"]);
    users.close();
    again.close();
  },

  "figures that fail are left out and counted"({ PrometheusMetrics }) {
    let fails = false;
    const tiered = fakeTiered("a");
    const app = Object.assign(tiered, {
      stats: () => {
        if (fails) throw new Error("no");
        return fakeTiered("a").stats();
      },
    });
    const metrics = new PrometheusMetrics({ app });
    fails = true;
    const read = parsePrometheus(metrics.text());
    expect(figureOf(read, "stowage_metrics_errors_total")).toBe(1);
    fails = false;
    expect(figureOf(parsePrometheus(metrics.text()), "stowage_tiered_owed", { cache: "app" })).toBe(406);
    metrics.close();
  },

  "refuses what it could not tell apart, or not tell"({ Cache, PrometheusMetrics }) {
    const [a, b] = [new Cache(), new Cache()];
    expect(() => new PrometheusMetrics({ a, b })).toThrow(/told apart/);
    expect(() => new PrometheusMetrics({ a: new Map() as never })).toThrow(/a Cache, a SharedCache/);
    expect(() => new PrometheusMetrics({ "": a })).toThrow(/a name/);
    expect(() => new PrometheusMetrics({ a: new Cache({ stats: false }) })).toThrow(/stats/);
    const wrong: Record<string, string>[] = [{ cache: "x" }, { "a-b": "x" }, { __a: "x" }, { a: 1 as never }];
    for (const labels of wrong) expect(() => new PrometheusMetrics({}, { labels })).toThrow(/labels/);
    expect(() => new PrometheusMetrics({}, { prefix: "a-b" })).toThrow(/prefix/);
    const metrics = new PrometheusMetrics({ a });
    expect(() => metrics.add("a", b)).toThrow(/a name/);
    metrics.close();
    a.close();
    b.close();
  },

  "series of a histogram are bounded"({ PrometheusMetrics }) {
    const metrics = new PrometheusMetrics({ app: fakeTiered("own") });
    const store = channel("stowage:tiered:store");
    for (let at = 0; at < 1_200; at++)
      store.publish({ cache: "own", store: "x", verb: `verb${at}`, keys: 1, outcome: "answered", timeMs: 1 });
    const read = parsePrometheus(metrics.text());
    const { samples } = read.get("stowage_tiered_l2_call_duration_seconds") ?? { samples: [] };
    expect(samples.filter(({ name }) => name.endsWith("_count"))).toHaveLength(1_000);
    expect(figureOf(read, "stowage_metrics_errors_total")).toBe(200);
    metrics.close();
  },
};

/** The name of the first scene that fails. */
export async function firstFailure(lib: Lib): Promise<string | undefined> {
  const { lib: tracked, close } = tracking(lib);
  for (const [name, scene] of Object.entries(scenes)) {
    try {
      await scene(tracked);
    } catch {
      return name;
    } finally {
      close();
    }
  }
  return undefined;
}
