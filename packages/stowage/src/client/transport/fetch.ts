/**
 * The transport of browsers and edge runtimes: `fetch`, whichever is there. In Node, sockets.ts is several times as fast.
 *
 * What the runtime decides by itself: how many connections there are (`connections` bounds the requests), for how long it
 * keeps them, and in browsers, which headers of an answer from another origin can be seen (the server exposes those that the
 * client needs).
 */

import { InvalidOptionError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import { normalUrl } from "../routing/addresses.js";
import { piecesOf, textOf } from "./fetch-body.js";
import { Slots } from "./slots.js";
import {
  type CreateTransport,
  DEFAULT_BYTES_MAX,
  type Transport,
  TransportError,
  type TransportOptions,
  type TransportRequest,
  type TransportResponse,
  type TransportStream,
} from "./transport.js";

/**
 * `fetch`, for the option `transport`.
 *
 * @param fetchWith default: the global one, as it is when a request is made
 * @example new Client({ url, transport: fetchTransport() })
 */
export function fetchTransport(fetchWith?: typeof fetch): CreateTransport {
  return (options) => new FetchTransport(options, fetchWith);
}

class FetchTransport implements Transport {
  readonly #base: string;
  readonly #fetch: typeof fetch | undefined;
  readonly #bytesMax: number;
  readonly #slots: Slots;
  /** Of requests under way. */
  readonly #controllers = new Set<AbortController>();
  #isClosed = false;

  constructor(
    { url, connections, bytesMax = DEFAULT_BYTES_MAX }: TransportOptions,
    fetchWith?: typeof fetch,
  ) {
    this.#base = baseOf(url);
    this.#fetch = fetchWith;
    this.#bytesMax = bytesMax;
    this.#slots = new Slots(connections);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const call = this.#begin(request);
    try {
      const slot = this.#slots.take(call.signal);
      if (slot !== undefined) await slot;
      try {
        const response = await this.#ask(request, call.signal);
        const text = await textOf(response, this.#bytesMax);
        return { status: response.status, header: headerOf(response), text };
      } finally {
        this.#slots.give();
      }
    } catch (error) {
      throw faultOf(error, call.signal);
    } finally {
      call.end();
    }
  }

  async open(request: TransportRequest): Promise<TransportStream> {
    const call = this.#begin(request);
    try {
      const response = await this.#ask(request, call.signal);
      let isClosed = false;
      const close = () => {
        isClosed = true;
        call.abort();
        call.end();
      };
      const pieces = guarded(response, call, () => isClosed);
      return { status: response.status, header: headerOf(response), pieces, close };
    } catch (error) {
      call.end();
      throw faultOf(error, call.signal);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#slots.close();
    for (const controller of this.#controllers)
      controller.abort(new TransportError("the transport was closed", false));
  }

  #ask({ method, path, headers, body }: TransportRequest, signal: AbortSignal): Promise<Response> {
    const ask = this.#fetch ?? globalThis.fetch;
    const init: RequestInit = { method, headers, signal, redirect: "manual", ...hostInit(method) };
    if (body !== undefined) init.body = body;
    return ask(this.#base + path, init).then(checked);
  }

  /** A signal of its own, so that `close` reaches it too. */
  #begin({ signal }: TransportRequest): Call {
    if (signal?.aborted) throw signal.reason;
    if (this.#isClosed) throw new TransportError("the transport was closed", true);
    return new Call(this.#controllers, signal);
  }
}

class Call {
  readonly #controllers: Set<AbortController>;
  readonly #controller = new AbortController();
  readonly #unlink: (() => void) | undefined;

  constructor(controllers: Set<AbortController>, outer: AbortSignal | undefined) {
    this.#controllers = controllers;
    controllers.add(this.#controller);
    this.#unlink = outer && onAbort(outer, () => this.#controller.abort(outer.reason));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  end(): void {
    this.#controllers.delete(this.#controller);
    this.#unlink?.();
  }
}

async function* guarded(
  response: Response,
  call: Call,
  isClosed: () => boolean,
): AsyncGenerator<string, void, undefined> {
  try {
    yield* piecesOf(response);
  } catch (error) {
    if (!isClosed()) throw faultOf(error, call.signal);
  } finally {
    call.abort();
    call.end();
  }
}

function baseOf(url: string): string {
  const base = normalUrl(url);
  if (base !== undefined && !base.startsWith("unix:")) return base;
  const expected = "http://host:4000 or https://host; fetch does not go to sockets of files";
  throw new InvalidOptionError({ where: "fetchTransport", option: "url", received: url, expected });
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

function headerOf(response: Response): (name: string) => string | undefined {
  // Not all of them take white space off, as they should.
  return (name) => response.headers.get(name)?.trim() ?? undefined;
}

/** Browsers do not tell where a redirect would lead. */
function checked(response: Response): Response {
  if (response.type === "opaqueredirect")
    throw new TransportError("the answer is a redirect; give the url that it leads to", false);
  return response;
}

function faultOf(error: unknown, signal: AbortSignal): unknown {
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
