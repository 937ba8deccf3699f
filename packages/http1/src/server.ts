/**
 * Connections of one listening socket: accepting, timeouts, and stopping without dropping what is under way.
 *
 * Plain sockets are read through one buffer that all connections of the server share (node:net's `onread`): a read then
 * allocates nothing. Accepted sockets do not take that option, so the handle moves into a socket that was made with it.
 * TLS sockets decrypt into buffers of their own, and come by `data` events.
 */
import net, { type ListenOptions, type Socket } from "node:net";
import tls, { type TlsOptions } from "node:tls";
import { Connection, type Phase } from "./connection.js";
import type { ConnectionHost, Handler } from "./handler.js";
import type { Limits } from "./limits.js";
import { type CheckedOptions, checkOptions, type HttpServerOptions } from "./options.js";
import { Turn } from "./turn.js";

const SWEEP_MS = 500;
const socketOptions = { noDelay: true, allowHalfOpen: true };

/** What a socket of node:net carries inside and does not declare. */
interface Inner {
  _handle: unknown;
  _server: unknown;
  /** Of a TLS socket: the one underneath. */
  readonly _parent: Socket;
}

/** What a server counts. */
export interface ServerCounts {
  /** Connections open now. */
  readonly open: number;
  /** Connections that were opened. */
  readonly accepted: number;
  /** Connections closed at once because there were too many. */
  readonly turnedAway: number;
  /** Errors of the listening socket, and TLS handshakes that failed. */
  readonly errors: number;
}

/** Makes a server of node:net listen: for what `ListenOptions` cannot say, such as a handle of its own. */
export type Listening = (server: net.Server) => void;

export class HttpServer implements ConnectionHost {
  readonly handler: Handler;
  readonly limits: Limits;
  readonly contentMax: number;
  readonly requestsMax: number;
  readonly now: () => number;
  readonly wall: () => number;
  readonly turn: Turn;
  readonly #options: CheckedOptions;
  readonly #server: net.Server;
  readonly #connections = new Set<Connection>();
  /** TLS: sockets whose handshake is under way. */
  readonly #handshakes = new Set<Socket>();
  #sweeper: NodeJS.Timeout | undefined;
  #draining = false;
  #accepted = 0;
  #turnedAway = 0;
  #errors = 0;

  constructor(options: HttpServerOptions) {
    this.#options = checkOptions(options);
    const { handler, limits, contentMax, requestsMax, now, wall } = this.#options;
    this.handler = handler;
    this.limits = limits;
    this.contentMax = contentMax;
    this.requestsMax = requestsMax;
    this.now = now;
    this.wall = wall;
    this.turn = new Turn(now, handler.prefetch?.bind(handler));
    this.#server = options.tls === undefined ? this.#plainServer() : this.#tlsServer(options.tls);
  }

  get draining(): boolean {
    return this.#draining;
  }

  get counts(): ServerCounts {
    return {
      open: this.#connections.size,
      accepted: this.#accepted,
      turnedAway: this.#turnedAway,
      errors: this.#errors,
    };
  }

  /** How many connections are at what, for reports. */
  phases(): Record<Phase, number> {
    const phases: Record<Phase, number> = { idle: 0, reading: 0, working: 0, writing: 0, lingering: 0 };
    for (const connection of this.#connections) phases[connection.phase]++;
    return phases;
  }

  /** The server of node:net or node:tls underneath: for its address, its events, or new certificates. */
  get socketServer(): net.Server {
    return this.#server;
  }

  /**
   * Begins to accept, on a port, a Unix socket (`path`) or a bound file descriptor (`fd`), or as a function makes the
   * server underneath do it. Rejects with node's own error (EADDRINUSE, EACCES) when it cannot.
   */
  listen(how: (ListenOptions & { fd?: number }) | Listening): Promise<net.AddressInfo | string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => {
        server.off("listening", listening);
        reject(error);
      };
      const listening = () => {
        server.off("error", failed);
        server.on("error", (error) => this.#failed(error));
        this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS);
        this.#sweeper.unref();
        resolve(server.address() ?? "");
      };
      server.once("error", failed);
      server.once("listening", listening);
      if (typeof how === "function") how(server);
      else server.listen(how);
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
      const closed = () => {
        // node:net says so a moment before it tells the sockets.
        if (this.#connections.size > 0) return void setImmediate(closed);
        clearTimeout(cut);
        clearInterval(this.#sweeper);
        resolve();
      };
      this.#server.close(closed);
      for (const socket of this.#handshakes) socket.destroy();
      for (const connection of this.#connections) connection.drain();
    });
  }

  /**
   * Ends what takes longer than it may. Called twice a second while it listens: one look at each connection now and then
   * costs less than a timer for each request.
   */
  sweep(): void {
    const now = this.now();
    for (const connection of this.#connections) connection.check(now, this.#options.timeouts);
  }

  /** ConnectionHost: called by connections. */
  closed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#changed();
  }

  #plainServer(): net.Server {
    return net.createServer({ ...socketOptions, pauseOnConnect: true }, (socket) => {
      if (this.#admits(socket)) this.#openPlain(socket);
    });
  }

  #tlsServer(options: TlsOptions): net.Server {
    const { headMs } = this.#options.timeouts;
    const defaults = { ALPNProtocols: ["http/1.1"], handshakeTimeout: headMs };
    const server = tls.createServer({ ...defaults, ...options, ...socketOptions }, (socket) =>
      this.#openTls(socket),
    );
    // The server's own listener, which begins the handshake, comes after this one.
    server.prependListener("connection", (socket: Socket) => {
      if (!this.#admits(socket)) return;
      this.#handshakes.add(socket);
      socket.once("close", () => {
        if (this.#handshakes.delete(socket)) this.#changed();
      });
      this.#changed();
    });
    server.on("tlsClientError", () => this.#errors++);
    return server;
  }

  #admits(socket: Socket): boolean {
    const open = this.#openNow();
    if (this.#options.beforeAccept(open) !== false && open < this.#options.connectionsMax) return true;
    this.#turnedAway++;
    socket.destroy();
    return false;
  }

  #openPlain(accepted: Socket): void {
    const inner = accepted as unknown as Inner;
    const { _handle: handle, _server: server } = inner;
    let connection: Connection | undefined;
    const socket = new net.Socket({
      handle,
      allowHalfOpen: true,
      onread: {
        buffer: this.turn.room,
        callback: (length: number) => {
          connection?.arrive(length);
          return true;
        },
      },
    } as net.SocketConstructorOpts);
    // The server counts the socket until it is closed; the one that was accepted never will be.
    (socket as unknown as Inner)._server = server;
    inner._server = null;
    inner._handle = null;
    connection = this.#open(socket, true);
    socket.resume();
  }

  #openTls(socket: Socket): void {
    this.#handshakes.delete((socket as unknown as Inner)._parent);
    const connection = this.#open(socket, false);
    socket.on("data", (bytes: Buffer) => connection.onBytes(bytes));
  }

  #open(socket: Socket, isPlain: boolean): Connection {
    this.#accepted++;
    const connection = new Connection(socket, this, isPlain);
    this.#connections.add(connection);
    this.#changed();
    return connection;
  }

  /** With those whose TLS handshake is under way. */
  #openNow(): number {
    return this.#connections.size + this.#handshakes.size;
  }

  #changed(): void {
    this.#options.openChanged(this.#openNow());
  }

  #failed(error: Error): void {
    this.#errors++;
    this.#options.onError(error);
  }
}
