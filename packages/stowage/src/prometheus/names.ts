/** Names as OpenTelemetry's own exporter for Prometheus makes them: `cache.load.time` in s is `stowage_cache_load_time_seconds_total`. */
import type { MetricInfo } from "../metrics/index.js";

const units: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

export function prometheusName(
  prefix: string,
  { name, unit }: Pick<MetricInfo, "name" | "unit">,
  kind: "counter" | "gauge" | "histogram",
): string {
  const total = kind === "counter" ? "_total" : "";
  return `${prefix}_${name.replaceAll(".", "_")}${units[unit] ?? ""}${total}`;
}
