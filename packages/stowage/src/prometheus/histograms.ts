/** Durations, counted below bounds: a few numbers for each set of labels, and not more sets than `SERIES_MAX`. */
import type { Labels, TimedMetric } from "../metrics/index.js";
import { number, type Sample } from "./exposition.js";

/** Of one histogram. What comes later is not counted in it, but in `dropped`. */
const SERIES_MAX = 1_000;

interface Series {
  readonly labels: Labels;
  /** For each bound, and last for all above: values in that bucket alone. */
  readonly counts: number[];
  sum: number;
}

export class Histogram {
  readonly metric: TimedMetric;
  readonly #series = new Map<string, Series>();
  /** Values that no series was made for. */
  dropped = 0;

  constructor(metric: TimedMetric) {
    this.metric = metric;
  }

  record(seconds: number, labels: Labels): void {
    const key = JSON.stringify(Object.values(labels));
    let series = this.#series.get(key);
    if (series === undefined) {
      if (this.#series.size >= SERIES_MAX) return void this.dropped++;
      series = { labels, counts: new Array(this.metric.bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    series.counts[this.#bucketOf(seconds)]++;
    series.sum += seconds;
  }

  /** Forgets what is not wanted any more: servers that are gone. */
  keep(isWanted: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.#series) if (!isWanted(labels)) this.#series.delete(key);
  }

  samples(name: string, extra: Labels): Sample[] {
    return [...this.#series.values()].flatMap(({ labels: own, counts, sum }) => {
      const labels = { ...extra, ...own };
      let below = 0;
      const buckets = counts.map((count, at): Sample => {
        below += count;
        const le = number(this.metric.bounds[at] ?? Number.POSITIVE_INFINITY);
        return { name: `${name}_bucket`, labels: { ...labels, le }, value: below };
      });
      return [
        ...buckets,
        { name: `${name}_sum`, labels, value: sum },
        { name: `${name}_count`, labels, value: below },
      ];
    });
  }

  /** `le`: what equals a bound is below it. */
  #bucketOf(seconds: number): number {
    const { bounds } = this.metric;
    let at = 0;
    while (at < bounds.length && !(seconds <= bounds[at])) at++;
    return at;
  }
}
