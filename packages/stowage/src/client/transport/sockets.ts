/**
 * The transport of Node: HTTP/1.1 over sockets of its own, in a fraction of the time that `fetch` takes for a small request.
 *
 * It speaks what our server and proxies before it speak, and takes nothing that is in doubt (http1/). Connections are kept and
 * used again; a request waits for its answer before the next one is sent on the same connection. Left out: HTTP/2, proxies
 * that have to be told where to go, redirects (an answer as any other), compressed answers.
 */
import type net from "node:net";
import type tls from "node:tls";
import { systemClock } from "../../base/clock.js";
import { nodeBuiltin } from "../../base/node.js";
import { type Address, parseAddress } from "./http1/address.js";
import type { OpenSocket } from "./http1/connection.js";
import { SingleExchange } from "./http1/exchange.js";
import { Pool } from "./http1/pool.js";
import { RequestWriter } from "./http1/request-text.js";
import { StreamExchange } from "./http1/stream-exchange.js";
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

/** A certificate or key, as its file has it. */
export type PemText = string | Uint8Array;

/** What `node:tls` has to know beside the server's name, which is always looked at. */
export interface SocketTls {
  /** Certificates of authorities to trust, instead of those that Node knows. */
  ca?: PemText | PemText[];
  /** The client's own certificate, and its key. */
  cert?: PemText;
  key?: PemText;
  /** The name in the server's certificate, where it is not that of the url. */
  servername?: string;
}

/** Larger than what the system hands out at once, mostly. */
const READ_BYTES = 64 * 1024;
/** What was read into it has been looked at before more is, so one serves all connections of a thread. */
let readBuffer: Buffer | undefined;

/**
 * Sockets, for the option `transport`.
 *
 * @example new Client({ url: "https://cache.internal", transport: socketTransport({ ca }) })
 */
export function socketTransport(tlsOptions: SocketTls = {}): CreateTransport {
  return (options) => new SocketTransport(options, tlsOptions);
}

class SocketTransport implements Transport {
  readonly #pool: Pool;
  readonly #writer: RequestWriter;
  #isClosed = false;

  constructor(options: TransportOptions, tlsOptions: SocketTls) {
    const address = parseAddress(options.url);
    this.#writer = new RequestWriter(address);
    this.#pool = new Pool({
      open: opener(address, tlsOptions),
      connections: options.connections,
      keepAliveMs: options.keepAliveMs,
      bytesMax: options.bytesMax ?? DEFAULT_BYTES_MAX,
      clock: options.clock ?? systemClock,
    });
  }

  send(request: TransportRequest): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      if (this.#refuses(request, reject)) return;
      this.#pool.send(new SingleExchange(request, this.#writer.write(request), resolve, reject));
    });
  }

  open(request: TransportRequest): Promise<TransportStream> {
    return new Promise((resolve, reject) => {
      if (this.#refuses(request, reject)) return;
      const exchange = new StreamExchange(request, this.#writer.write(request), resolve, reject);
      exchange.connection = this.#pool.stream(exchange);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#pool.close();
  }

  #refuses(request: TransportRequest, reject: (error: unknown) => void): boolean {
    const { cancellation } = request;
    if (cancellation === undefined && request.signal?.aborted) reject(request.signal.reason);
    else if (cancellation?.isCancelled) reject(cancellation.reason);
    else if (this.#isClosed) reject(new TransportError("the transport was closed", true));
    else return false;
    return true;
  }
}

function opener(address: Address, tlsOptions: SocketTls): OpenSocket {
  readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
  const buffer = readBuffer;
  return (receive) => {
    const options = {
      ...address.target,
      noDelay: true,
      keepAlive: true,
      onread: { buffer, callback: (length: number, bytes: Uint8Array) => receive(bytes as Buffer, length) },
    };
    if (!address.isSecure) {
      const socket = nodeBuiltin("node:net", "socketTransport").connect(options as net.NetConnectOpts);
      return { socket, ready: "connect" };
    }
    const { serverName } = address;
    const secure: tls.ConnectionOptions = {
      ...options,
      ...(serverName !== undefined && { servername: serverName }),
      ALPNProtocols: ["http/1.1"],
      ...(tlsOptions as tls.ConnectionOptions),
      rejectUnauthorized: true,
    };
    return { socket: nodeBuiltin("node:tls", "socketTransport").connect(secure), ready: "secureConnect" };
  };
}
