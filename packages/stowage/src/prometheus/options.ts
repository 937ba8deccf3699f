/** The options of PrometheusMetrics, each declared once. */
import { checked } from "../base/option-types.js";
import { type Declares, declareOptions, option } from "../base/options.js";
import type { Labels } from "../metrics/index.js";

export interface PrometheusOptions {
  /** What all names begin with. Default `"stowage"`. */
  prefix?: string;
  /** On every line: `{ service: "web" }`. Default: none. */
  labels?: Labels;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Labels that metrics have themselves. */
const own: ReadonlySet<string> = new Set([
  "cache",
  "client",
  "node",
  "tier",
  "verb",
  "cause",
  "outcome",
  "source",
  "state",
  "reason",
  "le",
]);

function areLabels(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, text]) =>
      labelName.test(name) && !name.startsWith("__") && !own.has(name) && typeof text === "string",
  );
}

export const prometheusOptions = declareOptions({
  prefix: option({
    type: checked<string>(
      "a name of letters, digits, _ and :",
      (value) => typeof value === "string" && metricName.test(value),
    ),
    default: "stowage",
    meaning: "what all names begin with",
  }),
  labels: option<Labels>({
    type: checked<Labels>(
      `texts by name of a label, none of which metrics have themselves (${[...own].join(", ")})`,
      areLabels,
    ),
    default: {},
    defaultText: "none",
    meaning: "on every line",
  }),
} satisfies Declares<PrometheusOptions>);
