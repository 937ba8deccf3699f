/**
 * The transport of browsers and edge runtimes: `fetch`, whichever is there. In Node, sockets.ts is several times as fast.
 *
 * What the runtime decides by itself: how many connections there are (`connections` bounds the requests), for how long it
 * keeps them, and in browsers, which headers of an answer from another origin can be seen (the server exposes those that the
 * client needs).
 */

import { onAbort } from "../../base/on-abort.js";
import { piecesOf, textOf } from "./fetch-body.js";
import { askOver, baseOf, type Fetch, faultOf, headerOf } from "./fetch-request.js";
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
export function fetchTransport(fetchWith?: Fetch): CreateTransport {
  return (options) => new FetchTransport(options, fetchWith);
}

class FetchTransport implements Transport {
  readonly #base: string;
  readonly #fetch: Fetch | undefined;
  readonly #bytesMax: number;
  readonly #slots: Slots;
  /** Of requests under way. */
  readonly #controllers = new Set<AbortController>();
  #isClosed = false;

  constructor({ url, connections, bytesMax = DEFAULT_BYTES_MAX }: TransportOptions, fetchWith?: Fetch) {
    this.#base = baseOf(url, "fetchTransport");
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

  #ask(request: TransportRequest, signal: AbortSignal): Promise<Response> {
    return askOver(this.#fetch, this.#base, request, signal);
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
