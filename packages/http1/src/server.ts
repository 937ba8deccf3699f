/**
 * Connections of one listening socket: accepting, timeouts, and stopping without dropping what is under way.
 *
 * Plain sockets are read through one buffer that all connections of the thread share (node:net's `onread`): a read then
 * allocates nothing. Accepted sockets do not take that option, so the handle moves into a socket that was made with it.
 * TLS sockets decrypt into buffers of their own, and come by `data` events.
 */
import net, { type ListenOptions, type Socket } from "node:net";
import tls, { type TlsOptions } from "node:tls";
import { Connection, type ConnectionHost, type Handler, lingerMs, type Phase } from "./connection.js";
import { checkLimits, type Limits } from "./limits.js";

export interface Timeouts {
  /** From the first byte of a request to the last one of its content. Default: 60,000. */
  readonly requestMs: number;
  /** Between a response and the next request. Default: 75,000. */
  readonly idleMs: number;
  /** While a client takes nothing of what was sent to it. Default: 30,000. */
  readonly writeMs: number;
}

export interface HttpServerOptions {
  handler: Handler;
  limits?: Partial<Limits>;
  timeouts?: Partial<Timeouts>;
  /** Bytes of content that are taken where the handler says nothing else; 413 above. Default: 1 MiB. */
  contentMax?: number;
  /** Connections at one time; more are closed at once. Default: no bound. */
  connectionsMax?: number;
  /** Serves TLS. */
  tls?: TlsOptions;
  /** Milliseconds, of a clock that never goes back. Default: performance.now. */
  now?: () => number;
}

const READ_BYTES = 64 * 1_024;
const SWEEP_MS = 500;
const defaultTimeouts: Timeouts = Object.freeze({ requestMs: 60_000, idleMs: 75_000, writeMs: 30_000 });

/** What a socket of node:net carries inside and does not declare. */
interface Inner {
  _handle: unknown;
  _server: unknown;
}

export class HttpServer implements ConnectionHost {
  readonly handler: Handler;
  readonly limits: Limits;
  readonly contentMax: number;
  readonly now: () => number;
  readonly #timeouts: Timeouts;
  readonly #connectionsMax: number;
  readonly #server: net.Server;
  readonly #connections = new Set<Connection>();
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #sweeper: NodeJS.Timeout | undefined;
  #draining = false;
  #accepted = 0;
  #turnedAway = 0;

  constructor(options: HttpServerOptions) {
    this.handler = options.handler;
    this.limits = checkLimits(options.limits ?? {});
    this.contentMax = options.contentMax ?? 2 ** 20;
    this.now = options.now ?? (() => performance.now());
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#connectionsMax = options.connectionsMax ?? Number.POSITIVE_INFINITY;
    this.#server =
      options.tls === undefined
        ? net.createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) =>
            this.#acceptPlain(socket),
          )
        : tls.createServer({ ...options.tls, noDelay: true, allowHalfOpen: true }, (socket) =>
            this.#acceptTls(socket),
          );
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Connections open now, accepted so far, and turned away at the bound. */
  get counts(): { open: number; accepted: number; turnedAway: number } {
    return { open: this.#connections.size, accepted: this.#accepted, turnedAway: this.#turnedAway };
  }

  /** How many connections are at what, for reports. */
  phases(): Record<Phase, number> {
    const phases: Record<Phase, number> = { idle: 0, reading: 0, working: 0, writing: 0, lingering: 0 };
    for (const connection of this.#connections) phases[connection.phase]++;
    return phases;
  }

  /** The server of node:net or node:tls underneath: for its `listen`, its events, or new certificates. */
  get socketServer(): net.Server {
    return this.#server;
  }

  /** Begins to accept. Rejects with node's own error (EADDRINUSE, EACCES) when it cannot. */
  listen(options: ListenOptions & { fd?: number }): Promise<net.AddressInfo | string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(options, () => {
        this.#server.off("error", reject);
        this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
        this.#sweeper.unref();
        resolve(this.#server.address() ?? "");
      });
    });
  }

  /**
   * Stops: accepts nothing more, ends idle connections, lets requests under way be answered, and after `deadlineMs` ends
   * what is still open.
   */
  close(deadlineMs: number): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const connection of this.#connections) connection.destroy();
      }, deadlineMs);
      this.#server.close(() => {
        clearTimeout(cut);
        clearInterval(this.#sweeper);
        resolve();
      });
      for (const connection of this.#connections) connection.drain();
    });
  }

  /** ConnectionHost: called by connections. */
  closed(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #acceptPlain(accepted: Socket): void {
    if (this.#isFull(accepted)) return;
    const inner = accepted as unknown as Inner;
    const { _handle: handle, _server: server } = inner;
    let connection: Connection | undefined;
    const socket = new net.Socket({
      handle,
      allowHalfOpen: true,
      onread: {
        buffer: this.#buffer,
        callback: (length: number, bytes: Buffer) => {
          connection?.onBytes(bytes, length);
          return true;
        },
      },
    } as net.SocketConstructorOpts);
    // The server counts the socket until it is closed; the one that was accepted never will be.
    (socket as unknown as Inner)._server = server;
    inner._server = null;
    inner._handle = null;
    connection = this.#open(socket);
    socket.resume();
  }

  #acceptTls(socket: Socket): void {
    if (this.#isFull(socket)) return;
    const connection = this.#open(socket);
    socket.on("data", (bytes: Buffer) => connection.onBytes(bytes, bytes.length));
  }

  #isFull(socket: Socket): boolean {
    if (this.#connections.size < this.#connectionsMax) return false;
    this.#turnedAway++;
    socket.destroy();
    return true;
  }

  #open(socket: Socket): Connection {
    this.#accepted++;
    const connection = new Connection(socket, this);
    this.#connections.add(connection);
    return connection;
  }

  /** One look at each connection now and then costs less than a timer for each request. */
  #sweep(): void {
    const now = this.now();
    for (const connection of this.#connections) this.#check(connection, now);
  }

  #check(connection: Connection, now: number): void {
    const age = connection.ageMs(now);
    const { requestMs, idleMs, writeMs } = this.#timeouts;
    switch (connection.phase) {
      case "reading":
        if (age > requestMs) connection.timeOut();
        break;
      case "idle":
        if (age > idleMs) connection.timeOut();
        break;
      case "writing":
        if (age > writeMs) connection.timeOut();
        break;
      case "lingering":
        if (age > lingerMs) connection.destroy();
        break;
    }
  }
}
