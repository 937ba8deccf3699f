/** The public API of `stowage/prometheus`. */
export type { Source, SourceRecord } from "../metrics/index.js";
export type { Sample, TextFamily } from "./exposition.js";
export { PrometheusMetrics } from "./metrics.js";
export type { PrometheusOptions } from "./options.js";
export type { RegistryLike } from "./registry.js";
