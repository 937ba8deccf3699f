/** Figures in a registry of the real prom-client. */
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { figureOf, parsePrometheus } from "../../../server/test/support/prometheus.js";
import { Cache } from "../../src/cache/cache.js";
import { PrometheusMetrics } from "../../src/prometheus/index.js";
import { fakeTiered } from "../metrics/fake-tiered.js";

/** prom-client puts an empty line between families, which the format allows, and says families that have no samples. */
const read = async (registry: Registry) =>
  parsePrometheus(
    (await registry.metrics())
      .split("\n\n")
      .filter((family) => family.split("\n").length > 2)
      .map((family) => `${family.trimEnd()}\n`)
      .join(""),
  );

it("a registry of prom-client says what the text says, each time anew", async () => {
  const users = new Cache<string, number>({ name: "users" });
  const metrics = new PrometheusMetrics({ users, app: fakeTiered("app") });
  const registry = new Registry();
  registry.setDefaultLabels({ service: "web" });
  metrics.registerIn(registry);
  metrics.registerIn(registry);
  users.set("a", 1);
  expect(await registry.metrics()).toContain('stowage_cache_writes_total{cache="users",service="web"} 1');
  await users.fetch("b", async () => 1);
  const labels = { cache: "users", service: "web" };
  expect(figureOf(await read(registry), "stowage_cache_writes_total", labels)).toBe(2);
  users.set("c", 1);
  const [first, second] = await Promise.all([read(registry), registry.getMetricsAsJSON()]);
  expect(figureOf(first, "stowage_cache_writes_total", labels)).toBe(3);
  expect(second.find(({ name }) => name === "stowage_cache_writes_total")?.type).toBe("counter");
  const own = parsePrometheus(metrics.text());
  expect([...first.keys()].sort()).toEqual([...own.keys()].sort());
  const bucket = { ...labels, outcome: "ok", le: "+Inf" };
  expect(figureOf(first, "stowage_cache_load_duration_seconds_bucket", bucket)).toBe(1);
  registry.resetMetrics();
  expect(figureOf(await read(registry), "stowage_cache_writes_total", labels)).toBe(3);
  metrics.close();
  users.close();
});

it("what comes later is registered as well", async () => {
  const metrics = new PrometheusMetrics();
  const registry = new Registry();
  metrics.registerIn(registry);
  metrics.add("app", fakeTiered("app"));
  expect(figureOf(await read(registry), "stowage_tiered_owed", { cache: "app" })).toBe(406);
  metrics.close();
});
