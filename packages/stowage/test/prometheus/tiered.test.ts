/** Real tiers, told of to Prometheus and OpenTelemetry: through channels and figures as they are. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { figureOf, parsePrometheus } from "../../../server/test/support/prometheus.js";
import { instrument } from "../../src/otel/index.js";
import { PrometheusMetrics } from "../../src/prometheus/index.js";
import { MemoryStore } from "../../src/stores/memory/index.js";
import { FakeClock } from "../../src/testing/fake-clock.js";
import { createTiered, MemoryBus, type Tiered } from "../../src/tiered/index.js";
import { startSdk, type Told, treeOf } from "../otel/sdk.js";

let app: Tiered<number>;
let told: Told;

beforeEach(() => {
  told = startSdk();
  app = createTiered<number>({ name: "own", l2: new MemoryStore(), bus: new MemoryBus() });
});
afterEach(async () => {
  await app.close();
  await told.close();
});

const load = async () => 1;

describe("tiers", () => {
  it("are told of by Prometheus", async () => {
    const metrics = new PrometheusMetrics({ app });
    await app.fetch("a", load);
    await app.get("a");
    await app.set("b", 2);
    await app.invalidateTag("t");
    const read = parsePrometheus(metrics.text());
    const of = (name: string, labels = {}) =>
      figureOf(read, `stowage_tiered_${name}`, { cache: "app", ...labels });
    expect(of("loads_total", { outcome: "ok" })).toBe(1);
    expect(of("hits_total", { tier: "l1" })).toBeGreaterThanOrEqual(1);
    expect(of("misses_total", { tier: "l2" })).toBe(1);
    expect(of("writes_total", { tier: "l2" })).toBeGreaterThanOrEqual(1);
    expect(of("l2_breaker", { state: "closed" })).toBe(1);
    expect(of("bus_sent_total")).toBeGreaterThan(0);
    expect(of("load_duration_seconds_count", { outcome: "ok" })).toBe(1);
    const calls = read.get("stowage_tiered_l2_calls_total")?.samples ?? [];
    const sum = calls.reduce((total, { value }) => total + value, 0);
    expect(sum).toBeGreaterThan(2);
    const timed = read.get("stowage_tiered_l2_call_duration_seconds")?.samples ?? [];
    expect(timed.filter(({ name }) => name.endsWith("_count")).length).toBeGreaterThan(1);
    metrics.close();
  });

  it("are told of by namespace", async () => {
    const users = app.namespace<number>("users");
    const metrics = new PrometheusMetrics({ app, users });
    await users.set("a", 1);
    await users.get("a");
    const read = parsePrometheus(metrics.text());
    const hits = (cache: string) => figureOf(read, "stowage_tiered_hits_total", { cache, tier: "l1" });
    expect([hits("app"), hits("users")]).toEqual([0, 1]);
    metrics.close();
  });

  it("are traced: calls of L2 and the load stand below the call", async () => {
    const { api, inside, spans } = told;
    const instrumentation = instrument({ app }, { api, clock: new FakeClock() });
    await inside("request", () => app.fetch("a", () => inside("query", load)));
    const tree = treeOf(spans());
    expect(tree).toContain("fetch app < request");
    expect(tree).toContain("load app < fetch app");
    expect(tree).toContain("query < load app");
    expect(tree.filter((line) => / memory < fetch app$/.test(line)).length).toBeGreaterThanOrEqual(2);
    const before = spans().length;
    await app.fetch("a", load);
    expect(spans()).toHaveLength(before);
    const { points = [] } = (await told.points()).get("db.client.operation.duration") ?? {};
    expect(points.every(({ attributes }) => attributes["db.system.name"] === "memory")).toBe(true);
    instrumentation.stop();
  });
});
