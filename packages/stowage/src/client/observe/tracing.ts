/**
 * Traces that go on from the caller to the server: what OpenTelemetry's propagator, if there is one, wants sent along.
 *
 * The API of OpenTelemetry registers itself under a global symbol, so it is found without being imported: who does not have
 * it pays for one look. It is looked for anew at each request, because programs often set it up after their clients. What a
 * propagator gives is added to our own headers and never takes their place, and what cannot stand in a header is left out.
 */

export type Headers = Readonly<Record<string, string>>;

/** Of version 1 of the API: its symbol has the major version in it. */
const apiKey = Symbol.for("opentelemetry.js.api.1");

/** What of the API is used. Both are missing until a program registers them. */
interface TracingApi {
  readonly context?: { active(): unknown };
  readonly propagation?: {
    inject(context: unknown, carrier: Record<string, string>, setter: typeof headerSetter): void;
  };
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^[\t\x20-\x7e]*$/;

const headerSetter = {
  set(carrier: Record<string, string>, name: string, value: string): void {
    if (headerName.test(name) && headerValue.test(value)) carrier[name.toLowerCase()] = value;
  },
};

/**
 * The headers with those of the trace that is going on; the very same object where there is nothing to add.
 *
 * @throws what a propagator throws
 */
export function withTrace(headers: Headers): Headers {
  const { context, propagation } = (globalThis as { [apiKey]?: TracingApi })[apiKey] ?? {};
  if (context === undefined || propagation === undefined) return headers;
  const added: Record<string, string> = {};
  propagation.inject(context.active(), added, headerSetter);
  for (const _ in added) return { ...added, ...headers };
  return headers;
}
