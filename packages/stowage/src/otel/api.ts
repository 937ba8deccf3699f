/**
 * What is used of OpenTelemetry's API (`@opentelemetry/api`, version 1), as types of our own: it is not imported. Where it is not handed
 * over, it is taken from the global symbol that it registers itself under, anew at each use, because programs often set it up
 * after their caches. `import * as api from "@opentelemetry/api"` has this shape, and so has what stands under the symbol.
 */

export type Attributes = Record<string, string | number | boolean>;

export interface Span {
  setAttribute(name: string, value: string | number | boolean): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(error: Error): void;
  end(endTime?: number): void;
}

export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

export interface SpanOptions {
  readonly kind?: number;
  readonly attributes?: Attributes;
  readonly startTime?: number;
}

export interface Tracer {
  startSpan(name: string, options?: SpanOptions, context?: Context): Span;
}

export interface ObservableResult {
  // biome-ignore lint/suspicious/noExplicitAny: the API's own type of an instrument is wider
  observe(instrument: any, value: number, attributes?: Attributes): void;
}

export interface InstrumentOptions {
  readonly unit?: string;
  readonly description?: string;
  readonly advice?: { readonly explicitBucketBoundaries?: number[] };
}

export interface HistogramInstrument {
  record(value: number, attributes?: Attributes, context?: Context): void;
}

export interface Meter {
  createHistogram(name: string, options?: InstrumentOptions): HistogramInstrument;
  createObservableCounter(name: string, options?: InstrumentOptions): object;
  createObservableGauge(name: string, options?: InstrumentOptions): object;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  addBatchObservableCallback(callback: (result: ObservableResult) => void, observables: any[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  removeBatchObservableCallback(callback: (result: ObservableResult) => void, observables: any[]): void;
}

/** All parts may be missing: then there are no spans, or no metrics, or spans stand side by side. */
export interface OtelApi {
  readonly trace?: { getTracer(name: string, version?: string): Tracer };
  readonly metrics?: { getMeter(name: string, version?: string): Meter };
  readonly context?: {
    // biome-ignore lint/suspicious/noExplicitAny: the API's Context has one method more
    active(): any;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    with<T>(context: any, fn: () => T): T;
  };
}

/** What a meter and a tracer are asked for by. */
export const SCOPE = "stowage";

export const KIND_INTERNAL = 0;
export const KIND_CLIENT = 2;
export const STATUS_ERROR = 2;

/** Of version 1 of the API: its symbol has the major version in it. */
const apiKey = Symbol.for("opentelemetry.js.api.1");
/** As the API makes it: keys of the same text are the same there. */
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

export function globalApi(): OtelApi {
  return (globalThis as { [apiKey]?: OtelApi })[apiKey] ?? {};
}

/** The context in which the span is the active one. */
export function withSpan(context: Context, span: Span): Context {
  return context.setValue(spanKey, span);
}

/** For `error.type`: few values, so a code or the name of a class, never a message. */
export function errorTypeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  for (const found of [code, name]) if (typeof found === "string" && found !== "") return found.slice(0, 64);
  return "_OTHER";
}

export function failSpan(span: Span, error: unknown): void {
  span.setAttribute("error.type", errorTypeOf(error));
  span.recordException(error instanceof Error ? error : new Error(String(error)));
  span.setStatus({ code: STATUS_ERROR });
}
