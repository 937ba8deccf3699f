/** OpenTelemetry as a program sets it up, in little: a context manager over AsyncLocalStorage, the W3C propagator. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from "@opentelemetry/api";

class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<Args extends unknown[], Fn extends (...args: Args) => ReturnType<Fn>>(
    active: Context,
    fn: Fn,
    self?: ThisParameterType<Fn>,
    ...args: Args
  ): ReturnType<Fn> {
    return this.#storage.run(active, () => fn.apply(self, args));
  }

  bind<Bound>(_active: Context, target: Bound): Bound {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
export const w3c: TextMapPropagator = {
  inject<Carrier>(active: Context, carrier: Carrier, setter: TextMapSetter<Carrier>) {
    const span = trace.getSpanContext(active);
    if (span === undefined) return;
    setter.set(carrier, "Traceparent", `00-${span.traceId}-${span.spanId}-0${span.traceFlags}`);
    if (span.traceState !== undefined) setter.set(carrier, "tracestate", span.traceState.serialize());
  },
  extract: (active) => active,
  fields: () => ["traceparent", "tracestate"],
};

/** Registers both, as the SDK does. Returns how to undo it. */
export function registerTracing(propagator: TextMapPropagator = w3c): () => void {
  context.setGlobalContextManager(new AsyncContexts());
  propagation.setGlobalPropagator(propagator);
  return () => {
    context.disable();
    propagation.disable();
  };
}

/** `fn` as a part of the trace with this number, and the header that its requests should have. */
export function inTrace<Result>(number: number, fn: () => Result): Result {
  const span = {
    traceId: number.toString(16).padStart(32, "0"),
    spanId: "00f067aa0ba902b7",
    traceFlags: TraceFlags.SAMPLED,
  };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, span), fn);
}

export function traceparentOf(number: number): string {
  return `00-${number.toString(16).padStart(32, "0")}-00f067aa0ba902b7-01`;
}
