/** The public API of `stowage/otel`. */
export type { Source, SourceRecord } from "../metrics/index.js";
export type { OtelApi } from "./api.js";
export { type Instrumentation, instrument } from "./instrument.js";
export type { InstrumentOptions } from "./options.js";
