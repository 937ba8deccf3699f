/**
 * What is told of caches to those who watch: metrics declared once, as data, from which both the Prometheus text and the
 * OpenTelemetry instruments are made. Names are those of OpenTelemetry (dots, the unit apart); Prometheus' follow from them.
 */

export type Labels = Readonly<Record<string, string>>;

/** One number, with the labels that it is of beside its source's. */
export interface Reading {
  readonly value: number;
  readonly labels: Labels;
}

/** As UCUM writes it: seconds, bytes, a thing that is counted in braces; `1` is a share or a yes. */
export type Unit = "s" | "By" | "1" | `{${string}}`;

export interface MetricInfo {
  /** Below `stowage.`: `cache.hits`. */
  readonly name: string;
  readonly unit: Unit;
  readonly help: string;
  /** Beside that of the source; each has few values. */
  readonly labels: readonly string[];
}

/** A number that is read when somebody asks. */
export interface Metric<Figures> extends MetricInfo {
  /** A counter only grows, but for restarts; a gauge is as it is now. */
  readonly kind: "counter" | "gauge";
  /** null: it has none here. */
  of(figures: Figures): number | null | readonly Reading[];
}

/** Durations, which are told when they end. */
export interface TimedMetric extends MetricInfo {
  readonly unit: "s";
  /** Upper bounds of buckets, in seconds. */
  readonly bounds: readonly number[];
}

/** What of one kind of source is told. */
export interface Kind<Source = unknown, Figures = unknown> {
  /** Label that names the source. */
  readonly label: string;
  is(source: object): boolean;
  /** What its messages on diagnostics channels call it; undefined: nothing. */
  ownName(source: Source): string | undefined;
  /** One reading for all metrics. Costs no walk over entries. */
  figures(source: Source): Figures;
  readonly metrics: readonly Metric<Figures>[];
}

/** One metric of all sources. */
export interface Family {
  readonly metric: Metric<never>;
  /** With the label of the source. */
  readonly readings: readonly Reading[];
}

type Options<Figures> = Partial<Pick<Metric<Figures>, "labels">>;

export function counter<Figures>(
  name: string,
  unit: Unit,
  help: string,
  of: Metric<Figures>["of"],
  { labels = [] }: Options<Figures> = {},
): Metric<Figures> {
  return { name, unit, help, labels, kind: "counter", of };
}

export function gauge<Figures>(
  name: string,
  unit: Unit,
  help: string,
  of: Metric<Figures>["of"],
  { labels = [] }: Options<Figures> = {},
): Metric<Figures> {
  return { name, unit, help, labels, kind: "gauge", of };
}

/** A reading for each field of a record. */
export function each(label: string, values: Readonly<Record<string, number>>): readonly Reading[] {
  return Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }));
}
