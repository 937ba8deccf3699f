/** Probes and metrics over real sockets: what they say, when, and to whom. */
import { describe, expect, it } from "vitest";
import { createAccess, createLimits, hashOf, type Scope } from "../../../src/access/index.js";
import type { StoreFigures } from "../../../src/durability/figures.js";
import {
  createFleet,
  createFleetMemory,
  createObserver,
  type ServerState,
  setState,
} from "../../../src/observe/index.js";
import { routes } from "../../../src/routes/index.js";
import { type AppServer, startAppServer } from "../../support/app-server.js";
import { figureOf, parsePrometheus } from "../../support/prometheus.js";

const JSON_TYPE = "application/json; charset=utf-8";

/** A server of two workers, of which this one is the second; its fleet starts at 1,000 ms. */
async function startServer(context: Parameters<typeof startAppServer>[0] = {}) {
  let now = 1_000;
  const clock = () => now;
  const memory = createFleetMemory(2, routes, clock, () => 1_700_000_000_000);
  const observers = [0, 1].map((worker) => createObserver(memory, worker, clock));
  setState(memory, "ready");
  const server = await startAppServer({
    ...context,
    context: {
      observer: observers[1],
      fleet: createFleet(memory, clock),
      status: { workers: 2, workersUp: 1 },
      now: clock,
      ...context.context,
    },
  });
  const pass = (ms: number) => (now += ms);
  return { server, memory, observers, pass, [Symbol.asyncDispose]: () => server.close() };
}

async function ask(server: AppServer, path: string, init: RequestInit = {}) {
  const answer = await fetch(server.url + path, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const metricsOf = async (server: AppServer) => parsePrometheus((await ask(server, "/metrics")).text);

describe("GET /health", () => {
  it("says so while the process lives, whatever the server is at", async () => {
    await using started = await startServer();
    for (const state of ["starting", "loading", "ready", "draining"] as const) {
      setState(started.memory, state);
      const { status, text, headers } = await ask(started.server, "/health");
      expect([status, text, headers.get("content-type")]).toEqual([200, '{"status":"healthy"}', JSON_TYPE]);
    }
    const head = await ask(started.server, "/health", { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", "20"]);
  });
});

describe("GET /ready", () => {
  const answers: [state: ServerState, status: number, body: object][] = [
    ["starting", 503, { status: "starting", error: "the server is starting", code: "not_ready" }],
    ["loading", 503, { status: "loading", error: "the server is loading its snapshot", code: "not_ready" }],
    ["ready", 200, { status: "ready" }],
    ["draining", 503, { status: "draining", error: "the server is stopping", code: "not_ready" }],
  ];
  for (const [state, expected, body] of answers)
    it(`is ${expected} while the server is ${state}`, async () => {
      await using started = await startServer();
      setState(started.memory, state);
      const { status, text, headers } = await ask(started.server, "/ready");
      expect([status, JSON.parse(text)]).toEqual([expected, body]);
      expect(headers.get("retry-after")).toBe(expected === 200 ? null : "1");
    });
});

describe("GET /metrics", () => {
  it("is read by a strict reader, and says what was done", async () => {
    await using started = await startServer();
    const { server, observers, pass } = started;
    await ask(server, "/cache/set", {
      method: "POST",
      body: '{"key":"a","value":1}',
      headers: { "content-type": "application/json" },
    });
    await ask(server, "/cache/get?key=a");
    await ask(server, "/cache/get?key=b");
    await ask(server, "/nothing");
    observers[0].answered(
      routes.find(({ name }) => name === "cache_get"),
      500,
      3,
      7,
      70,
    );
    observers[0].beat({ open: 4, accepted: 9, turnedAway: 2 });
    pass(1_500);

    const { status, headers, text } = await ask(server, "/metrics");
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const metrics = parsePrometheus(text);
    const value = (name: string, labels = {}) => figureOf(metrics, `stowage_${name}`, labels);

    expect(value("uptime_seconds")).toBe(1.5);
    expect([value("ready"), value("workers"), value("workers_up")]).toEqual([1, 2, 1]);
    const requests = (route: string, status: string) => value("requests_total", { route, status });
    expect([
      requests("cache_get", "2xx"),
      requests("cache_get", "4xx"),
      requests("cache_get", "5xx"),
    ]).toEqual([1, 1, 1]);
    expect([requests("cache_set", "2xx"), requests("none", "4xx"), requests("cache_clear", "2xx")]).toEqual([
      1, 1, 0,
    ]);
    expect([
      value("worker_requests_total", { worker: "0" }),
      value("worker_requests_total", { worker: "1" }),
    ]).toEqual([1, 4]);
    expect(value("worker_errors_total", { worker: "0" })).toBe(1);
    expect(value("worker_starts_total", { worker: "1" })).toBe(1);
    expect(value("worker_quiet_seconds", { worker: "0" })).toBe(1.5);
    expect(value("connections", { worker: "0" })).toBe(4);
    expect(value("connections_accepted_total", { worker: "0" })).toBe(9);
    expect(value("connections_turned_away_total", { worker: "0" })).toBe(2);
    expect(value("received_bytes_total", { worker: "0" })).toBe(7);
    expect(value("sent_bytes_total", { worker: "0" })).toBe(70);
    expect([value("entries"), value("hits_total"), value("misses_total"), value("writes_total")]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(value("memory_limit_bytes")).toBe(16 * 2 ** 20);

    const bucket = (le: string) => value("request_duration_seconds_bucket", { route: "cache_get", le });
    expect([bucket("0.002"), bucket("0.004"), bucket("+Inf")]).toEqual([2, 3, 3]);
    expect(value("request_duration_seconds_sum", { route: "cache_get" })).toBeCloseTo(0.003);
    expect(
      metrics
        .get("stowage_request_duration_seconds")!
        .samples.some(({ labels }) => labels.route === "cache_clear"),
    ).toBe(false);

    expect(figureOf(metrics, "process_start_time_seconds")).toBe(1_700_000_000);
    expect(figureOf(metrics, "process_resident_memory_bytes")).toBeGreaterThan(1e7);
    expect(figureOf(metrics, "process_cpu_seconds_total")).toBeGreaterThan(0);
  });

  it("has the bound of entries, and figures of snapshots, only where there are any", async () => {
    const store: StoreFigures = {
      on: true,
      snapshots: 5,
      failures: 1,
      lastAt: null,
      ageMs: null,
      durationMs: 1_500,
      entries: 10,
      bytes: 1_000,
      missed: 2,
      loadedEntries: 7,
      loadMs: 20,
      damagedBlocks: 1,
    };
    await using plain = await startServer();
    const without = await metricsOf(plain.server);
    expect([...without.keys()].filter((name) => /snapshot|warm|entries_max/.test(name))).toEqual([]);

    await using started = await startServer({ table: { max: 50 }, context: { storeFigures: () => store } });
    const metrics = await metricsOf(started.server);
    const value = (name: string) => figureOf(metrics, `stowage_${name}`);
    expect(value("entries_max")).toBe(50);
    expect([
      value("snapshots_total"),
      value("snapshot_failures_total"),
      value("snapshot_duration_seconds"),
    ]).toEqual([5, 1, 1.5]);
    expect([value("warm_start_entries"), value("warm_start_damaged_blocks")]).toEqual([7, 1]);
    expect(metrics.has("stowage_snapshot_age_seconds")).toBe(false);
  });

  it("only ever counts up", async () => {
    await using started = await startServer();
    const before = await metricsOf(started.server);
    for (let n = 0; n < 5; n++) await ask(started.server, "/cache/get?key=a");
    const after = await metricsOf(started.server);
    for (const { name, type, samples } of before.values())
      if (type !== "gauge")
        for (const sample of samples)
          expect(figureOf(after, sample.name, sample.labels), name).toBeGreaterThanOrEqual(sample.value);
  });
});

describe("with tokens", () => {
  it("probes are open, metrics are for admins", async () => {
    const holder = (name: Scope, slot: number) => ({
      name,
      sha256: hashOf(name),
      scope: name,
      prefixes: null,
      rate: null,
      slot,
    });
    const holders = [holder("read", 0), holder("write", 1), holder("admin", 2)];
    const access = createAccess({ on: true, holders }, createLimits(), () => 0);
    await using started = await startServer({ context: { access } });
    const statusOf = async (path: string, token?: string) =>
      (
        await ask(
          started.server,
          path,
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        )
      ).status;
    expect([await statusOf("/health"), await statusOf("/ready"), await statusOf("/health", "wrong")]).toEqual(
      [200, 200, 200],
    );
    const tokens = [undefined, "wrong", "read", "write", "admin"];
    expect(await Promise.all(tokens.map((token) => statusOf("/metrics", token)))).toEqual([
      401, 401, 403, 403, 200,
    ]);
  });
});
