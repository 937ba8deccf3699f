/** All metrics that the library can tell, as Prometheus has them. */
import { cacheKind, sharedCacheKind } from "../../src/metrics/cache.js";
import { clientKind } from "../../src/metrics/client.js";
import { tieredKind } from "../../src/metrics/tiered.js";
import { loadDuration, requestDuration, storeDuration, tieredLoadDuration } from "../../src/metrics/timed.js";
import { prometheusName } from "../../src/prometheus/names.js";

export interface Told {
  readonly name: string;
  /** As OpenTelemetry has it. */
  readonly otel: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
}

const kinds = [cacheKind, sharedCacheKind, tieredKind, clientKind];

/** OpenTelemetry has names of its own for these. */
const conventions: Readonly<Record<string, string>> = {
  [storeDuration.name]: "db.client.operation.duration",
  [requestDuration.name]: "http.client.request.duration",
};

const timed = [
  { metric: loadDuration, label: "cache" },
  { metric: tieredLoadDuration, label: "cache" },
  { metric: storeDuration, label: "cache" },
  { metric: requestDuration, label: "client" },
];

export function allMetrics(): Told[] {
  const read = kinds.flatMap(({ label, metrics }) =>
    metrics.map((metric): Told => {
      const { name, help, kind, labels } = metric;
      const told = prometheusName("stowage", metric, kind);
      return { name: told, otel: `stowage.${name}`, type: kind, labels: [label, ...labels], help };
    }),
  );
  const durations = timed.map(({ metric, label }): Told => {
    const { name, help, labels } = metric;
    const told = prometheusName("stowage", metric, "histogram");
    const otel = conventions[name] ?? `stowage.${name}`;
    return { name: told, otel, type: "histogram", labels: [label, ...labels], help };
  });
  return [...new Map([...read, ...durations].map((told) => [told.name, told])).values()];
}
