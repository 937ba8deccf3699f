/** What every way over `fetch` has in common: one request, its answer, and what may be wrong with it. */
import { InvalidOptionError } from "../../base/errors.js";
import { normalUrl } from "../routing/addresses.js";
import { TransportError, type TransportRequest } from "./transport.js";

export type Fetch = typeof fetch;

/** @param ask undefined: the global `fetch`, as it is now */
export function askOver(
  ask: Fetch | undefined,
  base: string,
  { method, path, headers, body }: TransportRequest,
  signal: AbortSignal,
): Promise<Response> {
  const init: RequestInit = { method, headers, signal, redirect: "manual", ...hostInit(method) };
  if (body !== undefined) init.body = body;
  return (ask ?? globalThis.fetch)(base + path, init).then(checked);
}

/** What paths are put behind. @throws InvalidOptionError for what is no url that `fetch` goes to */
export function baseOf(url: string, where: string): string {
  const base = normalUrl(url);
  if (base !== undefined && !base.startsWith("unix:")) return base;
  const expected = "http://host:4000 or https://host; fetch does not go to sockets of files";
  throw new InvalidOptionError({ where, option: "url", received: url, expected });
}

/**
 * Without the user's cookies, and reads without the browser's cache; others are never answered from it, and said of them,
 * Chromium asks for leave (CORS) before each, instead of remembering it. Cloudflare's workers have neither, and refuse to be told.
 */
function hostInit(method: string): { credentials?: "omit"; cache?: "no-store" } {
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  if (navigator?.userAgent === "Cloudflare-Workers") return {};
  return method === "GET" || method === "HEAD"
    ? { credentials: "omit", cache: "no-store" }
    : { credentials: "omit" };
}

export function headerOf(response: Response): (name: string) => string | undefined {
  // Not all of them take white space off, as they should.
  return (name) => response.headers.get(name)?.trim() ?? undefined;
}

/** Browsers do not tell where a redirect would lead. */
function checked(response: Response): Response {
  if (response.type === "opaqueredirect")
    throw new TransportError("the answer is a redirect; give the url that it leads to", false);
  return response;
}

/** The signal's reason, or what `fetch` found wrong, as a TransportError. */
export function faultOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof TransportError) return error;
  const cause = (error as { cause?: unknown } | null)?.cause;
  const causes = cause instanceof AggregateError && cause.errors.length > 0 ? cause.errors : [cause];
  const reasons = [error, ...causes].map(messageOf).filter((message) => message !== "");
  const hint = isOfBrowser(error) ? ` (${BROWSER_HINT})` : "";
  return new TransportError(reasons.join(": ") + hint, causes.every(isOfConnecting), { cause: error });
}

const BROWSER_HINT =
  'a browser does not tell more: the server may be away, or may not allow this page\'s origin, which CORS demands: its setting "cors-origins"';

/** Browsers say the same whatever it was; others give a cause or a code. */
function isOfBrowser(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined && !("code" in error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** What Node and undici say when there was no connection to send on; browsers do not tell. */
function isOfConnecting(cause: unknown): boolean {
  const { syscall, code } = (cause ?? {}) as { syscall?: unknown; code?: unknown };
  return syscall === "connect" || syscall === "getaddrinfo" || code === "UND_ERR_CONNECT_TIMEOUT";
}
