/**
 * Figures as Prometheus reads them: text format 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * A family is a name with its HELP and TYPE lines, and a line for each set of labels. Names and labels are ours, so a wrong
 * one is a mistake of the program and throws; values of labels and helps may hold anything, and are escaped.
 */

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string | number>>;
export type Sample = readonly [value: number, labels?: Labels];

/** Counts below bounds, with the labels that they are of. */
export interface HistogramSample {
  readonly labels: Labels;
  /** For each bound how many values it is not below, and, last, how many there are. */
  readonly counts: readonly number[];
  readonly sum: number;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Something that only grows, but for restarts. */
export function counter(name: string, help: string, samples: readonly Sample[]): string {
  if (!name.endsWith("_total")) throw new TypeError(`the counter ${name} must be named ..._total`);
  return family(
    name,
    "counter",
    help,
    samples.map(([value, labels]) => line(name, labels, value)),
  );
}

/** Something that is as it is now. */
export function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return family(
    name,
    "gauge",
    help,
    samples.map(([value, labels]) => line(name, labels, value)),
  );
}

export function histogram(
  name: string,
  help: string,
  bounds: readonly number[],
  samples: readonly HistogramSample[],
): string {
  const lines = samples.flatMap(({ labels, counts, sum }) => [
    ...bounds.map((bound, at) => line(`${name}_bucket`, { ...labels, le: number(bound) }, counts[at])),
    line(`${name}_bucket`, { ...labels, le: "+Inf" }, counts[bounds.length]),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, counts[bounds.length]),
  ]);
  return family(name, "histogram", help, lines);
}

/** Nothing is said of a family without samples. */
function family(name: string, type: string, help: string, lines: readonly string[]): string {
  if (!metricName.test(name)) throw new TypeError(`"${name}" is no name of a metric`);
  if (lines.length === 0) return "";
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function line(name: string, labels: Labels = {}, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => {
    if (!labelName.test(label)) throw new TypeError(`"${label}" is no name of a label`);
    return `${label}="${escaped(String(text)).replaceAll('"', '\\"')}"`;
  });
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${number(value)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** As Go's strconv.ParseFloat reads it. */
function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
