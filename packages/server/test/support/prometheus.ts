/**
 * A strict reader of Prometheus' text format 0.0.4, written after its description alone:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 *
 * Throws for anything that the description does not allow, and for what promtool would complain of: samples without HELP
 * and TYPE before them, families in two places, the same labels twice, histograms that do not add up.
 */

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly PrometheusSample[];
}

export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const helpLine = new RegExp(`^# HELP (${NAME}) (.*)$`);
const typeLine = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const sampleLine = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;

export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family>();
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length; ) {
    const [, name, help] = need(helpLine.exec(lines[at]), `a HELP line, not ${lines[at]}`);
    const [, typed, type] = need(typeLine.exec(lines[at + 1] ?? ""), `a TYPE line, not ${lines[at + 1]}`);
    if (typed !== name) throw new Error(`the TYPE of ${typed} stands behind the HELP of ${name}`);
    if (families.has(name)) throw new Error(`${name} stands in two places`);
    const samples: PrometheusSample[] = [];
    for (at += 2; at < lines.length && !lines[at].startsWith("#"); at++) samples.push(readSample(lines[at]));
    const family = { name, type: type as Family["type"], help: unescaped(help, /\\[\\n]/g), samples };
    check(family);
    families.set(name, family);
  }
  return families;
}

/** The value of the sample with exactly these labels. */
export function figureOf(
  families: Map<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const key = keyOf({ name, labels, value: 0 });
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
  const sample = family?.samples.find((each) => keyOf(each) === key);
  return need(sample ?? null, `the sample ${key}`).value;
}

function readSample(line: string): PrometheusSample {
  const [, name, pairs, value] = need(sampleLine.exec(line), `a sample, not ${line}`);
  return { name, labels: pairs === undefined ? {} : readLabels(pairs), value: readNumber(value) };
}

function readLabels(pairs: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = pairs; rest !== ""; ) {
    const [whole, name, value] = need(labelPair.exec(rest), `a label, not ${rest}`);
    if (name in labels) throw new Error(`the label ${name} stands there twice`);
    labels[name] = unescaped(value, /\\["\\n]/g);
    rest = rest.slice(whole.length);
  }
  return labels;
}

function readNumber(text: string): number {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (text === "NaN") return Number.NaN;
  if (/^[+-]Inf$/.test(text)) return text === "+Inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  throw new Error(`${text} is no number`);
}

function unescaped(text: string, escaped: RegExp): string {
  if (/\\/.test(text.replace(escaped, ""))) throw new Error(`a backslash is not escaped: ${text}`);
  return text.replace(escaped, (pair) => (pair === "\\n" ? "\n" : pair[1]));
}

function check({ name, type, help, samples }: Family): void {
  if (help === "") throw new Error(`${name} has no help`);
  if (samples.length === 0) throw new Error(`${name} has no samples`);
  if (new Set(samples.map(keyOf)).size < samples.length) throw new Error(`${name} has samples twice`);
  const allowed = type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
  for (const sample of samples) {
    if (!allowed.includes(sample.name)) throw new Error(`${sample.name} stands among those of ${name}`);
    if (type === "counter" && !(sample.value >= 0)) throw new Error(`${name} is ${sample.value}`);
  }
  if (type === "counter" && !name.endsWith("_total")) throw new Error(`the counter ${name} is not a total`);
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly PrometheusSample[]): void {
  const groups = new Map<string, PrometheusSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = keyOf({ ...sample, name, labels });
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((each) => each.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => readNumber(labels.le));
    const counts = buckets.map(({ value }) => value);
    const [count, sum] = ["count", "sum"].map((what) =>
      group.find((each) => each.name === `${name}_${what}`),
    );
    if (bounds.some((bound, at) => at > 0 && bound <= bounds[at - 1]))
      throw new Error(`${key}: bounds do not rise`);
    if (counts.some((each, at) => at > 0 && each < counts[at - 1])) throw new Error(`${key}: counts fall`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${key}: there is no +Inf`);
    if (count?.value !== counts.at(-1)) throw new Error(`${key}: the count is not that of +Inf`);
    if (sum === undefined) throw new Error(`${key}: there is no sum`);
  }
}

function keyOf({ name, labels }: PrometheusSample): string {
  return `${name}${JSON.stringify(Object.entries(labels).sort())}`;
}

function need<T>(found: T | null | undefined, what: string): T {
  if (found === null || found === undefined) throw new Error(`expected ${what}`);
  return found;
}
