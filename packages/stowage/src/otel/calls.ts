/**
 * Spans of loads. The verbs that load (`fetch`, `fetchMany`, `remember`) of an instrumented cache are given a way of their own, on the
 * object itself, as instrumentations do; `stop()` takes it away again, and no other verb is touched.
 *
 *     fetch users          from the call to its end; made when it turns out to have children, or had to wait for another's load
 *       getMany redis      calls of L2 (from their messages, see messages.ts)
 *       load users         the loader; it is the active span in it, so what it asks of a database stands below
 *
 * A hit costs no span: there would be millions that tell nothing.
 */
import type { Clock } from "../base/clock.js";
import {
  type Attributes,
  type Context,
  failSpan,
  KIND_INTERNAL,
  type OtelApi,
  SCOPE,
  type Span,
  type Tracer,
  withSpan,
} from "./api.js";

/** Under which a call is found from what it does. */
const callKey = Symbol("stowage call");

/** A call that ended without a load of its own has a span where it took longer: more than a busy event loop makes of a hit. */
const WAITED_MS = 10;

export const tracedVerbs = ["fetch", "fetchMany", "remember"] as const;

export interface CallParts {
  readonly api: () => OtelApi;
  readonly clock: Clock;
  readonly keys: boolean;
  /** A tracer that throws harms no call; it is counted. */
  readonly onError: (error: unknown) => void;
}

type Verb = (...args: unknown[]) => unknown;
type Loader = (...args: unknown[]) => unknown;

/** Takes the place of the source's verbs until what it returns is called. */
export function traceCalls(name: string, source: object, parts: CallParts): () => void {
  const verbs = source as Record<string, unknown>;
  const patched = new Map<string, unknown>();
  for (const verb of tracedVerbs) {
    const original = verbs[verb];
    if (typeof original !== "function") continue;
    const traced: Verb = (...args) => tracedCall(new Call(name, verb, parts), source, original as Verb, args);
    Object.defineProperty(source, verb, { value: traced, configurable: true, writable: true });
    patched.set(verb, traced);
  }
  return () => {
    // Whoever has put something over it since keeps that.
    for (const [verb, traced] of patched) if (verbs[verb] === traced) delete verbs[verb];
  };
}

/** The context of the call that goes on, with its span as the parent; else the active one. */
export function parentOf(api: OtelApi): Context | undefined {
  const active = api.context?.active() as Context | undefined;
  const call = active?.getValue(callKey);
  return call instanceof Call ? (call.context() ?? active) : active;
}

function tracedCall(call: Call, source: object, original: Verb, args: unknown[]): unknown {
  const [key, loader, ...rest] = args;
  if (typeof loader !== "function") return original.apply(source, args);
  call.key = key;
  const result = call.run(() => original.call(source, key, call.traced(loader as Loader), ...rest));
  if (!(result instanceof Promise)) return result;
  return result.then(
    (value: unknown) => {
      call.end();
      return value;
    },
    (error: unknown) => {
      call.fail(error);
      throw error;
    },
  );
}

class Call {
  key: unknown;
  readonly #name: string;
  readonly #verb: string;
  readonly #parts: CallParts;
  readonly #outer: Context | undefined;
  readonly #began: number;
  readonly #beganWall: number;
  #span: Span | undefined;
  #hasLoaded = false;

  constructor(name: string, verb: string, parts: CallParts) {
    this.#name = name;
    this.#verb = verb;
    this.#parts = parts;
    this.#outer = parts.api().context?.active() as Context | undefined;
    this.#began = parts.clock.now();
    this.#beganWall = parts.clock.wall();
  }

  run<T>(fn: () => T): T {
    const { context } = this.#parts.api();
    return context === undefined || this.#outer === undefined
      ? fn()
      : context.with(this.#outer.setValue(callKey, this), fn);
  }

  /** In which the call's span is the active one; it is made now if it was not. */
  context(): Context | undefined {
    const span = this.#open();
    return this.#outer === undefined || span === undefined ? undefined : withSpan(this.#outer, span);
  }

  traced(loader: Loader): Loader {
    return (...args) => {
      this.#hasLoaded = true;
      const load = this.#startLoad();
      if (load === undefined) return loader(...args);
      const { context } = this.#parts.api();
      const run = () => loader(...args);
      try {
        const inside = this.#outer === undefined ? undefined : withSpan(this.#outer, load);
        const result = context === undefined || inside === undefined ? run() : context.with(inside, run);
        if (result instanceof Promise)
          result.then(
            () => this.#finish(load),
            (error: unknown) => this.#finish(load, { error }),
          );
        else this.#finish(load);
        return result;
      } catch (error) {
        this.#finish(load, { error });
        throw error;
      }
    };
  }

  end(): void {
    const hasWaited = !this.#hasLoaded && this.#parts.clock.now() - this.#began >= WAITED_MS;
    const span = hasWaited ? this.#open() : this.#span;
    if (span !== undefined) this.#finish(span);
  }

  fail(error: unknown): void {
    const span = this.#open();
    if (span !== undefined) this.#finish(span, { error });
  }

  #open(): Span | undefined {
    this.#span ??= this.#start(`${this.#verb} ${this.#name}`, this.#outer, this.#beganWall);
    return this.#span;
  }

  /** A load that goes on after the call has been answered stands below it all the same. */
  #startLoad(): Span | undefined {
    return this.#start(`load ${this.#name}`, this.context() ?? this.#outer);
  }

  #start(title: string, parent: Context | undefined, startTime?: number): Span | undefined {
    try {
      const tracer: Tracer | undefined = this.#parts.api().trace?.getTracer(SCOPE);
      const attributes = this.#attributes();
      const start = startTime === undefined ? {} : { startTime };
      return tracer?.startSpan(title, { kind: KIND_INTERNAL, attributes, ...start }, parent);
    } catch (error) {
      this.#parts.onError(error);
      return undefined;
    }
  }

  #finish(span: Span, failure?: { readonly error: unknown }): void {
    try {
      if (span === this.#span) span.setAttribute("stowage.loaded", this.#hasLoaded);
      if (failure !== undefined) failSpan(span, failure.error);
      span.end();
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  #attributes(): Attributes {
    const attributes: Attributes = { "stowage.cache": this.#name, "stowage.verb": this.#verb };
    if (this.#parts.keys && typeof this.key === "string") attributes["stowage.key"] = this.key;
    return attributes;
  }
}
