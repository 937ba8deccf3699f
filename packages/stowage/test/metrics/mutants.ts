/** Ways to break metrics, prometheus and otel, each of which a scene has to find. */
import type { Edit } from "../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly scenes: "prometheus" | "otel";
  readonly edit: Edit;
}

const prometheus = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  scenes: "prometheus",
  edit: { file, find, replace },
});

const otel = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  scenes: "otel",
  edit: { file, find, replace },
});

export const mutants: readonly Mutant[] = [
  prometheus("swaps hits and misses", "metrics/cache.ts", "stats.hits)", "stats.misses)"),
  prometheus(
    "tells loads in milliseconds",
    "metrics/cache.ts",
    "stats.loads.timeMs / S",
    "stats.loads.timeMs",
  ),
  prometheus(
    "counts overtaken loads as failed",
    "metrics/cache.ts",
    "failed: stats.loads.failed",
    "failed: stats.loads.overtaken",
  ),
  prometheus(
    "tells live memory as used",
    "metrics/cache.ts",
    "stats.table.memory.used",
    "stats.table.memory.live",
  ),
  prometheus(
    "takes a shared cache for one in the process",
    "metrics/cache.ts",
    '&& !has(source, "handle")',
    "",
  ),
  prometheus(
    "loses the servers beyond a hundred",
    "metrics/client.ts",
    "if (others.length === 0) return readings;",
    "return readings;",
  ),
  prometheus("has no bound of servers", "metrics/client.ts", "nodes.slice(0, NODES_MAX)", "nodes.slice(0)"),
  prometheus(
    "tells closed breakers as open",
    "metrics/client.ts",
    "node.state === state",
    "node.state !== state",
  ),
  prometheus(
    "tells requests as operations",
    "metrics/client.ts",
    "({ operations }) => operations",
    "({ requests }) => requests",
  ),
  prometheus("swaps tiers", "metrics/tiered.ts", 'labels: { tier: "l1" }', 'labels: { tier: "l2" }'),
  prometheus("tells L2 down while it is up", "metrics/tiered.ts", "state === breaker", "state !== breaker"),
  prometheus("forgets calls that wait", "metrics/tiered.ts", "underWay + waiting", "underWay"),
  prometheus("forgets that the bus is behind", "metrics/tiered.ts", "Number(isBehind)", "Number(!isBehind)"),
  prometheus("fails without L2", "metrics/tiered.ts", "stats.l2 && of(stats.l2)", "of(stats.l2 as L2Stats)"),
  prometheus(
    "keeps what is closed",
    "metrics/sources.ts",
    "if (error instanceof ClosedError) this.remove(name);\n      else this.errors++;",
    "",
  ),
  prometheus("counts no figures that fail", "metrics/sources.ts", "else this.errors++;", ""),
  prometheus("takes two caches of one name", "metrics/sources.ts", "if (taken !== undefined)", "if (false)"),
  prometheus("takes a name twice", "metrics/sources.ts", "this.#watched.has(name) ||", ""),
  prometheus(
    "takes a cache that does not count",
    "metrics/sources.ts",
    "    kind.figures(source as never);\n",
    "",
  ),
  prometheus(
    "says the cache's own name",
    "metrics/sources.ts",
    "if (kind.ownName(source) === own) return name;",
    "if (kind.ownName(source) === own) return own;",
  ),
  prometheus(
    "tells of servers that nobody watches",
    "metrics/sources.ts",
    ".some(({ url }) => url === node)",
    ".length > 0",
  ),
  prometheus(
    "keeps servers that are gone",
    "prometheus/metrics.ts",
    "this.#sources.clientOf(node) !== undefined);\n    return",
    "true);\n    return",
  ),
  prometheus(
    "forgets its labels",
    "prometheus/metrics.ts",
    "labels: { ...this.#labels, ...labels }",
    "labels",
  ),
  prometheus("forgets labels of histograms", "prometheus/histograms.ts", "{ ...extra, ...own }", "own"),
  prometheus("counts each bucket alone", "prometheus/histograms.ts", "below += count;", "below = count;"),
  prometheus(
    "puts a bound above itself",
    "prometheus/histograms.ts",
    "!(seconds <= bounds[at])",
    "!(seconds < bounds[at])",
  ),
  prometheus("sums nothing", "prometheus/histograms.ts", "series.sum += seconds;", ""),
  prometheus(
    "has no bound of series",
    "prometheus/histograms.ts",
    "if (this.#series.size >= SERIES_MAX) return void this.dropped++;",
    "",
  ),
  prometheus("counts no durations without room", "prometheus/metrics.ts", "+ dropped", ""),
  prometheus("forgets quotes", "prometheus/exposition.ts", `.replaceAll('"', '\\\\"')`, ""),
  prometheus(
    "forgets backslashes",
    "prometheus/exposition.ts",
    `text.replaceAll("\\\\", "\\\\\\\\")`,
    "text",
  ),
  prometheus("says families without samples", "prometheus/exposition.ts", "samples.length > 0", "true"),
  prometheus("forgets units", "prometheus/names.ts", `units[unit] ?? ""`, `""`),
  prometheus(
    "forgets totals",
    "prometheus/names.ts",
    `kind === "counter" ? "_total"`,
    `kind === "counter" ? ""`,
  ),
  prometheus("takes labels of its own", "prometheus/options.ts", " && !own.has(name)", ""),
  prometheus("forgets prefixes", "prometheus/names.ts", "$" + "{prefix}_", "stowage_"),

  otel("records milliseconds", "otel/measuring.ts", "histogram.record(timeMs / S", "histogram.record(timeMs"),
  otel(
    "records no kind of error",
    "otel/measuring.ts",
    '{ "error.type": errorTypeOf(error) };\n    histogram',
    "{};\n    histogram",
  ),
  otel(
    "tells gauges as counters",
    "otel/measuring.ts",
    "PREFIX + metric.name, options);\n      this",
    '"x", options);\n      this',
  ),
  otel("tells no units", "otel/measuring.ts", "unit: metric.unit, ", ""),
  otel(
    "says error of what was answered",
    "otel/measuring.ts",
    'outcome === "answered" ? {}',
    'outcome === "failed" ? {}',
  ),
  otel("tells of clients that nobody watches", "otel/measuring.ts", "if (client === undefined) return;", ""),
  otel("does not make the load active", "otel/calls.ts", "context.with(inside, run)", "run()"),
  otel("puts the load beside the call", "otel/calls.ts", "this.context() ?? this.#outer);", "this.#outer);"),
  otel("has a span for each hit", "otel/calls.ts", "hasWaited ? this.#open() : this.#span", "this.#open()"),
  otel("has none for who waited", "otel/calls.ts", "hasWaited ? this.#open() : this.#span", "this.#span"),
  otel(
    "says that who waited has loaded",
    "otel/calls.ts",
    'span.setAttribute("stowage.loaded", this.#hasLoaded)',
    'span.setAttribute("stowage.loaded", true)',
  ),
  otel(
    "does not end loads that fail",
    "otel/calls.ts",
    "(error: unknown) => this.#finish(load, { error }),",
    "() => undefined,",
  ),
  otel(
    "does not end loads that throw",
    "otel/calls.ts",
    "        this.#finish(load, { error });\n        throw error;",
    "        throw error;",
  ),
  otel(
    "swallows errors",
    "otel/calls.ts",
    "      call.fail(error);\n      throw error;",
    "      call.fail(error);",
  ),
  otel("tells keys that it was not told to", "otel/calls.ts", "this.#parts.keys && ", ""),
  otel(
    "lets a tracer that throws through",
    "otel/calls.ts",
    "      this.#parts.onError(error);\n      return undefined;",
    "      throw error;",
  ),
  otel(
    "puts calls of L2 beside the call",
    "otel/calls.ts",
    "call instanceof Call ? (call.context() ?? active) : active",
    "active",
  ),
  otel("leaves its verbs on the cache", "otel/calls.ts", "if (verbs[verb] === traced)", "if (false)"),
  otel("tells of somebody's calls of L2", "otel/messages.ts", "if (cache === undefined) return;", ""),
  otel("tells of somebody's requests", "otel/messages.ts", "if (client === undefined) return;", ""),
  otel("begins spans when they end", "otel/messages.ts", "clock.wall() - durationMs", "clock.wall()"),
  otel(
    "has no kind of error for L2",
    "otel/messages.ts",
    'span.setAttribute("error.type", errorType(outcome, error));',
    "",
  ),
  otel("tells paths, which have keys", "otel/messages.ts", "parts.keys && !node", "!node"),
  otel("does not know postgresql", "otel/semantic.ts", "systems[store] ?? store", "store"),
  otel("forgets ports", "otel/semantic.ts", "Number(port) }", "80 }"),
  otel("makes spans where none are wanted", "otel/instrument.ts", "if (!spans) return;", ""),
  otel(
    "measures where nothing is wanted",
    "otel/instrument.ts",
    "metrics ? this.#api()",
    "true ? this.#api()",
  ),
  otel(
    "does not trace what is added",
    "otel/instrument.ts",
    "    this.#sources.add(name, source);\n    this.#trace(name, source);",
    "    this.#sources.add(name, source);",
  ),

  // These go on listening, so they are the last.
  prometheus("goes on listening", "prometheus/metrics.ts", "    this.#stop();\n", ""),
  otel("goes on listening", "otel/instrument.ts", "for (const stop of this.#stops.splice(0)) stop();", ""),
];
