/** `instrument`: from caches to OpenTelemetry, and back to as they were. */
import { listen, type Source, type SourceRecord, Sources } from "../metrics/index.js";
import { globalApi, type OtelApi, SCOPE } from "./api.js";
import { traceCalls } from "./calls.js";
import { Measuring } from "./measuring.js";
import { tracedMessages } from "./messages.js";
import { type InstrumentOptions, instrumentOptions } from "./options.js";

/** What `instrument` gives. */
export class Instrumentation {
  readonly #sources: Sources;
  readonly #api: () => OtelApi;
  readonly #bound: ReturnType<typeof instrumentOptions.bind>;
  readonly #measuring: Measuring | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #untrace = new Map<string, () => void>();
  #errors = 0;

  /** @internal */
  constructor(sources: SourceRecord, options: InstrumentOptions | undefined) {
    this.#bound = instrumentOptions.bind(options, "instrument");
    const { api, metrics, spans, keys, clock } = this.#bound;
    this.#api = api === undefined ? globalApi : () => api;
    this.#sources = new Sources("instrument", sources);
    const count = () => this.#errors++;
    const meter = metrics ? this.#api().metrics?.getMeter(SCOPE) : undefined;
    if (meter !== undefined) {
      this.#measuring = new Measuring(meter, this.#sources);
      this.#stops.push(listen(this.#measuring.listeners, count));
    }
    if (spans) {
      const parts = { api: this.#api, clock, sources: this.#sources, keys };
      this.#stops.push(listen(tracedMessages(parts), count));
    }
    for (const [name, source] of Object.entries(sources)) this.#trace(name, source);
  }

  /** Times that OpenTelemetry threw, and figures that could not be read; no call of a cache was harmed. */
  get errors(): number {
    return this.#errors + this.#sources.errors;
  }

  /** Instruments one more. @throws as `instrument` does */
  add(name: string, source: Source): void {
    this.#sources.add(name, source);
    this.#trace(name, source);
    this.#measuring?.sourcesChanged();
  }

  /** Leaves it as it was; false: it was not instrumented. */
  remove(name: string): boolean {
    this.#untrace.get(name)?.();
    this.#untrace.delete(name);
    return this.#sources.remove(name);
  }

  /** Leaves everything as it was. May be called again. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#measuring?.stop();
    for (const name of [...this.#untrace.keys()]) this.remove(name);
    this.#sources.clear();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #trace(name: string, source: Source): void {
    const { spans, clock, keys } = this.#bound;
    if (!spans) return;
    const onError = () => void this.#errors++;
    this.#untrace.set(name, traceCalls(name, source, { api: this.#api, clock, keys, onError }));
  }
}

/**
 * Metrics and spans of caches, shared caches, clients and tiered caches, by the names that they are told under. To be called
 * when OpenTelemetry has been set up, since a meter that is asked for earlier measures nothing; without OpenTelemetry
 * nothing happens.
 *
 * @throws InvalidOptionError; InvalidArgumentError for what is no cache and for caches that cannot be told apart;
 * StatsDisabledError for a cache that does not count
 * @example const instrumentation = instrument({ users, sessions });
 */
export function instrument(sources: SourceRecord, options?: InstrumentOptions): Instrumentation {
  return new Instrumentation(sources, options);
}
