/** What both stowage/prometheus and stowage/otel are made of. No subpath of its own. */
export { type Source, type SourceRecord, Sources } from "./sources.js";
export {
  type Listeners,
  type LoadMessage,
  listen,
  loadDuration,
  outcomeOf,
  type RequestMessage,
  requestDuration,
  type StoreMessage,
  storeDuration,
  tieredLoadDuration,
} from "./timed.js";
export type { Family, Labels, Metric, MetricInfo, Reading, TimedMetric, Unit } from "./types.js";
