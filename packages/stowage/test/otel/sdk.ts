/** OpenTelemetry's own SDK, in memory: what it was told can be read. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { OtelApi } from "../../src/otel/api.js";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface Point {
  readonly attributes: Record<string, unknown>;
  readonly value: number | Histogram;
}

export interface Told {
  readonly api: Required<OtelApi>;
  /** Those that have ended, in the order of their ends. */
  spans(): ReadableSpan[];
  /** By the name of the metric. */
  points(): Promise<Map<string, { unit: string; points: Point[] }>>;
  /** Runs it below a span of that name. */
  inside<T>(name: string, fn: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function startSdk(): Told {
  const exporter = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const reader = new Reader();
  const meters = new MeterProvider({ readers: [reader] });
  const storage = new AsyncLocalStorage<Context>();
  const context = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: <T>(active: Context, fn: () => T) => storage.run(active, fn),
  };
  return {
    api: { trace: tracers, metrics: meters, context },
    spans: () => exporter.getFinishedSpans(),
    async points() {
      const { resourceMetrics } = await reader.collect();
      const found = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      return new Map(
        found.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          { unit: descriptor.unit, points: dataPoints as DataPoint<number | Histogram>[] },
        ]),
      );
    },
    async inside(name, fn) {
      const span = tracers.getTracer("test").startSpan(name, {}, context.active());
      try {
        return await context.with(trace.setSpan(context.active(), span), fn);
      } finally {
        span.end();
      }
    },
    async close() {
      await tracers.shutdown();
      await meters.shutdown();
    },
  };
}

/** `child < parent`, for each span in the order of names. */
export function treeOf(spans: readonly ReadableSpan[]): string[] {
  const nameOf = (id: string | undefined) => spans.find((span) => span.spanContext().spanId === id)?.name;
  return spans.map((span) => `${span.name} < ${nameOf(span.parentSpanContext?.spanId) ?? "-"}`).sort();
}
