/**
 * Figures of caches and clients for Prometheus: as text, made when it is asked for, or as metrics of a registry of
 * prom-client. Counters are what `stats()` and `inspect()` tell at that moment, so nothing is counted twice and calls of a
 * cache cost nothing more. Only durations are counted here, from diagnostics channels.
 */
import {
  type Family,
  type Labels,
  type Listeners,
  type LoadMessage,
  listen,
  loadDuration,
  outcomeOf,
  requestDuration,
  type Source,
  type SourceRecord,
  Sources,
  storeDuration,
  tieredLoadDuration,
} from "../metrics/index.js";
import { CONTENT_TYPE, type Sample, type TextFamily, textOf } from "./exposition.js";
import { Histogram } from "./histograms.js";
import { prometheusName } from "./names.js";
import { type PrometheusOptions, prometheusOptions } from "./options.js";
import { collectorsOf, type RegistryLike } from "./registry.js";

const S = 1_000;

/**
 * @example
 * const metrics = new PrometheusMetrics({ users, sessions });
 * response.setHeader("content-type", metrics.contentType).end(metrics.text());
 */
export class PrometheusMetrics {
  /** Of `text()`. */
  readonly contentType: string = CONTENT_TYPE;
  readonly #sources: Sources;
  readonly #prefix: string;
  readonly #labels: Labels;
  readonly #loads = new Histogram(loadDuration);
  readonly #tieredLoads = new Histogram(tieredLoadDuration);
  readonly #calls = new Histogram(storeDuration);
  readonly #requests = new Histogram(requestDuration);
  readonly #stop: () => void;
  readonly #registries = new Set<RegistryLike>();
  #errors = 0;

  /**
   * Watches them from now on, each under its name here.
   *
   * @throws InvalidOptionError; InvalidArgumentError for what is no cache and for caches that cannot be told apart;
   * StatsDisabledError for a cache that does not count
   */
  constructor(sources: SourceRecord = {}, options?: PrometheusOptions) {
    const { prefix, labels } = prometheusOptions.bind(options, "new PrometheusMetrics");
    this.#prefix = prefix;
    this.#labels = { ...labels };
    this.#sources = new Sources("new PrometheusMetrics", sources);
    this.#stop = listen(this.#listeners(), () => this.#errors++);
  }

  /** Watches one more. @throws as the constructor does */
  add(name: string, source: Source): void {
    this.#sources.add(name, source);
    for (const registry of this.#registries) this.registerIn(registry);
  }

  /** Tells nothing of it any more; false: it was not watched. What is closed goes by itself, but for clients. */
  remove(name: string): boolean {
    return this.#sources.remove(name);
  }

  /** All figures of this moment, in Prometheus' text format 0.0.4. Never throws. */
  text(): string {
    return textOf(this.families());
  }

  /** The same as records, for other formats. */
  families(): readonly TextFamily[] {
    const gathered = this.#sources.gather().map((family) => this.#familyOf(family));
    const histograms = this.#current();
    const dropped = histograms.reduce((sum, each) => sum + each.dropped, 0);
    return [...gathered, ...histograms.map((each) => this.#histogramOf(each)), this.#own(dropped)];
  }

  /** Adds them to a registry of prom-client, which asks for figures whenever it is asked. May be called for several. */
  registerIn(registry: RegistryLike): void {
    for (const collector of collectorsOf(this)) {
      if (registry.getSingleMetric(collector.name) === undefined) registry.registerMetric(collector);
    }
    this.#registries.add(registry);
  }

  /** Watches nothing any more. Registries keep the metrics, without values. */
  close(): void {
    this.#stop();
    this.#registries.clear();
    this.#sources.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #listeners(): Listeners {
    const sources = this.#sources;
    const loadInto = (histogram: Histogram) => (message: LoadMessage) => {
      const cache = sources.nameOf(message.cache);
      const outcome = message.ok ? "ok" : "failed";
      if (cache !== undefined) histogram.record(message.timeMs / S, { cache, outcome });
    };
    return {
      load: loadInto(this.#loads),
      tieredLoad: loadInto(this.#tieredLoads),
      store: ({ cache: own, verb, outcome, timeMs }) => {
        const cache = sources.nameOf(own);
        if (cache !== undefined) this.#calls.record(timeMs / S, { cache, verb, outcome });
      },
      request: ({ node, durationMs, status }) => {
        const client = sources.clientOf(node);
        const labels = { node, outcome: outcomeOf({ status }) };
        if (client !== undefined) this.#requests.record(durationMs / S, { client, ...labels });
      },
    };
  }

  /** Those of what is watched still: servers come and go. */
  #current(): Histogram[] {
    const ofCaches = [this.#loads, this.#tieredLoads, this.#calls];
    for (const histogram of ofCaches) histogram.keep(({ cache }) => this.#sources.has(cache));
    this.#requests.keep(({ node }) => this.#sources.clientOf(node) !== undefined);
    return [...ofCaches, this.#requests];
  }

  #familyOf({ metric, readings }: Family): TextFamily {
    const name = prometheusName(this.#prefix, metric, metric.kind);
    const samples = readings.map(
      ({ value, labels }): Sample => ({ name, labels: { ...this.#labels, ...labels }, value }),
    );
    return { name, type: metric.kind, help: metric.help, samples };
  }

  #histogramOf(histogram: Histogram): TextFamily {
    const name = prometheusName(this.#prefix, histogram.metric, "histogram");
    const { help } = histogram.metric;
    return { name, type: "histogram", help, samples: histogram.samples(name, this.#labels) };
  }

  #own(dropped: number): TextFamily {
    const name = `${this.#prefix}_metrics_errors_total`;
    const value = this.#errors + this.#sources.errors + dropped;
    const help = "Figures that could not be read, and durations that found no room.";
    return { name, type: "counter", help, samples: [{ name, labels: this.#labels, value }] };
  }
}
