/**
 * Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * A family is a name with its HELP and TYPE lines and a line for each set of labels. Values of labels and helps may hold
 * anything, and are escaped; names are checked where they come in (options.ts).
 */
import type { Labels } from "../metrics/index.js";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A line: `name` differs from the family's for the parts of a histogram. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export interface TextFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Nothing is said of a family without samples. */
export function textOf(families: readonly TextFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(lineOf).join("");
      return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines}`;
    })
    .join("");
}

function lineOf({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${number(value)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** As Go's strconv.ParseFloat reads it. */
export function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
