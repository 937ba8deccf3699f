/** The options of `instrument`, each declared once. */
import { type Clock, systemClock } from "../base/clock.js";
import { checked, flag, objectWith } from "../base/option-types.js";
import { type Declares, declareOptions, option } from "../base/options.js";
import type { OtelApi } from "./api.js";

export interface InstrumentOptions {
  /** `import * as api from "@opentelemetry/api"`, or parts of it. Default: what is registered in this process. */
  api?: OtelApi;
  /** Whether metrics are told. Default true. */
  metrics?: boolean;
  /** Whether spans are made of loads, calls of L2 and requests. Default true. */
  spans?: boolean;
  /** Whether spans bear keys, which may be private. Default false. */
  keys?: boolean;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
}

export const instrumentOptions = declareOptions({
  api: option<OtelApi, undefined>({
    type: checked<OtelApi>(
      "OpenTelemetry's API: an object with trace, metrics or context",
      (value) =>
        typeof value === "object" &&
        value !== null &&
        ["trace", "metrics", "context"].some((part) => part in value),
    ),
    default: undefined,
    defaultText: "what is registered in this process",
    meaning: '`import * as api from "@opentelemetry/api"`, or parts of it',
  }),
  metrics: option({ type: flag, default: true, meaning: "whether metrics are told" }),
  spans: option({
    type: flag,
    default: true,
    meaning: "whether spans are made of loads, calls of L2 and requests",
  }),
  keys: option({ type: flag, default: false, meaning: "whether spans bear keys, which may be private" }),
  clock: option({
    type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
    default: systemClock,
    defaultText: "the system's",
    meaning: "where time comes from",
  }),
} satisfies Declares<InstrumentOptions>);
