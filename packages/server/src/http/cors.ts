/**
 * Cross-origin requests (WHATWG Fetch, 3.2): who may read answers in a browser. Cookies play no part here, so `*` does no
 * harm: what is guarded is guarded by tokens, which a foreign page does not have.
 */
import type { Fields } from "stowage-http1";

const METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
/** What /v1 takes, and what tracing adds to any request (W3C Trace Context, Baggage). */
const HEADERS = [
  "authorization",
  "baggage",
  "content-type",
  "if-match",
  "if-none-match",
  "last-event-id",
  "stowage-grace",
  "stowage-lease-token",
  "stowage-nothing",
  "stowage-tags",
  "stowage-ttl",
  "traceparent",
  "tracestate",
  "x-request-id",
].join(", ");
/** Seconds that a browser need not ask again: the longest that any of them keeps to. */
const MAX_AGE = 86_400;

export class Cors {
  /** Whether anybody may; then all answers say the same. */
  readonly any: boolean;
  readonly #lines = new Map<string, string>();

  constructor(origins: readonly string[]) {
    this.any = origins.includes("*");
    for (const origin of origins)
      this.#lines.set(origin, `access-control-allow-origin: ${origin}\r\nvary: origin\r\n`);
  }

  /** The field lines of an answer to this origin. With a list, answers differ, and caches have to know that. */
  lines(origin: string | undefined): string {
    if (this.any) return "access-control-allow-origin: *\r\n";
    return (origin === undefined ? undefined : this.#lines.get(origin)) ?? "vary: origin\r\n";
  }
}

/** What the answer to a preflight says beside that. */
export const preflightFields: Fields = Object.freeze({
  "access-control-allow-methods": METHODS,
  "access-control-allow-headers": HEADERS,
  "access-control-max-age": MAX_AGE,
});
