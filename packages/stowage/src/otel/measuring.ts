/** Metrics: instruments that are read when the reader asks, and histograms that messages are recorded in. */
import {
  type Labels,
  type Listeners,
  type LoadMessage,
  loadDuration,
  type RequestMessage,
  type Sources,
  type StoreMessage,
  type TimedMetric,
  tieredLoadDuration,
} from "../metrics/index.js";
import {
  type Attributes,
  errorTypeOf,
  type HistogramInstrument,
  type Meter,
  type ObservableResult,
} from "./api.js";
import { databaseOf, serverOf } from "./semantic.js";

const PREFIX = "stowage.";
const S = 1_000;

/** As the conventions for databases and HTTP clients advise. */
const databaseBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const httpBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export class Measuring {
  readonly #meter: Meter;
  readonly #sources: Sources;
  readonly #observables = new Map<string, object>();
  readonly #loads: HistogramInstrument;
  readonly #tieredLoads: HistogramInstrument;
  readonly #calls: HistogramInstrument;
  readonly #requests: HistogramInstrument;
  readonly #observe = (result: ObservableResult): void => this.#observeAll(result);

  constructor(meter: Meter, sources: Sources) {
    this.#meter = meter;
    this.#sources = sources;
    this.#loads = this.#histogram(loadDuration);
    this.#tieredLoads = this.#histogram(tieredLoadDuration);
    this.#calls = meter.createHistogram("db.client.operation.duration", {
      unit: "s",
      description: "Duration of calls of L2.",
      advice: { explicitBucketBoundaries: databaseBounds },
    });
    this.#requests = meter.createHistogram("http.client.request.duration", {
      unit: "s",
      description: "Duration of attempts at requests to Stowage servers.",
      advice: { explicitBucketBoundaries: httpBounds },
    });
    this.sourcesChanged();
  }

  /** There may be metrics now that there were none of. */
  sourcesChanged(): void {
    this.stop();
    for (const { metric } of this.#sources.gather()) {
      if (this.#observables.has(metric.name)) continue;
      const options = { unit: metric.unit, description: metric.help };
      const made =
        metric.kind === "counter"
          ? this.#meter.createObservableCounter(PREFIX + metric.name, options)
          : this.#meter.createObservableGauge(PREFIX + metric.name, options);
      this.#observables.set(metric.name, made);
    }
    this.#meter.addBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }

  stop(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }

  readonly listeners: Listeners = {
    load: (message) => this.#loaded(this.#loads, message),
    tieredLoad: (message) => this.#loaded(this.#tieredLoads, message),
    store: (message) => this.#stored(message),
    request: (message) => this.#requested(message),
  };

  #observeAll(result: ObservableResult): void {
    for (const { metric, readings } of this.#sources.gather()) {
      const instrument = this.#observables.get(metric.name);
      for (const { value, labels } of readings) result.observe(instrument, value, attributesOf(labels));
    }
  }

  #loaded(histogram: HistogramInstrument, { cache: own, ok, timeMs, error }: LoadMessage): void {
    const cache = this.#sources.nameOf(own);
    if (cache === undefined) return;
    const failure: Attributes = ok ? {} : { "error.type": errorTypeOf(error) };
    histogram.record(timeMs / S, { ...attributesOf({ cache }), ...failure });
  }

  #stored({ cache: own, store, verb, outcome, timeMs, error }: StoreMessage): void {
    const cache = this.#sources.nameOf(own);
    if (cache === undefined) return;
    const failure: Attributes = outcome === "answered" ? {} : { "error.type": errorType(outcome, error) };
    this.#calls.record(timeMs / S, { ...attributesOf({ cache }), ...databaseOf(store, verb), ...failure });
  }

  #requested(message: RequestMessage): void {
    const client = this.#sources.clientOf(message.node);
    if (client === undefined) return;
    const { method, status, durationMs, error } = message;
    this.#requests.record(durationMs / S, {
      ...attributesOf({ client }),
      ...serverOf(message.node),
      "http.request.method": method,
      ...(status === undefined
        ? { "error.type": errorTypeOf(error) }
        : { "http.response.status_code": status, ...(status >= 400 && { "error.type": String(status) }) }),
    });
  }

  #histogram({ name, unit, help, bounds }: TimedMetric): HistogramInstrument {
    const advice = { explicitBucketBoundaries: [...bounds] };
    return this.#meter.createHistogram(PREFIX + name, { unit, description: help, advice });
  }
}

/** `failed` says less than the error itself; the others say all there is. */
export function errorType(outcome: string, error: unknown): string {
  return outcome === "failed" ? errorTypeOf(error) : outcome;
}

/** Ours stand below our name, as the conventions want it: `stowage.cache`, `stowage.verb`. */
export function attributesOf(labels: Labels): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [PREFIX + name, value]));
}
