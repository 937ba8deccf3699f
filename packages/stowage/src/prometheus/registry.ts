/**
 * The same figures as metrics of prom-client: objects of the shape that its Registry asks, so that it is not imported. All
 * of a scrape are asked in one turn, and share one reading.
 */
import type { TextFamily } from "./exposition.js";

/** What is used of prom-client's Registry. */
export interface RegistryLike {
  // biome-ignore lint/suspicious/noExplicitAny: prom-client's own type wants a Metric<string>
  registerMetric(metric: any): void;
  getSingleMetric(name: string): unknown;
}

/** What prom-client's Registry asks of a metric. */
export interface Collector {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: "sum";
  get(): Promise<CollectorReading>;
  /** prom-client's `resetMetrics`: nothing is reset, since counting is not done here. */
  reset(): void;
}

interface CollectorReading extends Pick<Collector, "name" | "help" | "type" | "aggregator"> {
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly metricName: string;
  }[];
}

interface Gatherer {
  families(): readonly TextFamily[];
}

export function collectorsOf(metrics: Gatherer): Collector[] {
  let shared: ReadonlyMap<string, TextFamily> | undefined;
  const gather = (): ReadonlyMap<string, TextFamily> => {
    if (shared === undefined) {
      shared = new Map(metrics.families().map((family) => [family.name, family]));
      queueMicrotask(() => {
        shared = undefined;
      });
    }
    return shared;
  };
  return metrics.families().map(({ name, help, type }) => ({
    name,
    help,
    type,
    aggregator: "sum",
    reset: () => undefined,
    get: async () => {
      const samples = gather().get(name)?.samples ?? [];
      const values = samples.map(({ value, labels, name: metricName }) => ({ value, labels, metricName }));
      return { name, help, type, aggregator: "sum", values };
    },
  }));
}
