/** A server that runs: what can be asked of it, and how it stops. */
import type { AddressInfo } from "node:net";
import type { SharedTable, TableStats } from "stowage/table";
import type { Config } from "../config/settings.js";
import type { Status } from "../context.js";
import type { Store } from "../durability/index.js";
import {
  createFleet,
  type Fleet,
  type FleetMemory,
  type Log,
  setState,
  sharedNow,
  type WorkerFigures,
} from "../observe/index.js";
import type { Crew } from "./crew.js";
import type { Listener } from "./listener.js";
import type { Secrets } from "./messages.js";

export interface CloseOptions {
  /** Time for requests under way. Default: the setting `drain-timeout`. */
  readonly deadlineMs?: number;
}

export interface ServerStats {
  /** Seconds since it started. */
  readonly uptime: number;
  /** Workers that accept connections. */
  readonly workersUp: number;
  readonly workers: readonly WorkerFigures[];
  readonly table: TableStats;
}

/**
 * A cache server that runs in this process, on threads of its own.
 *
 * @example
 * await using server = await startServer({ port: 0, memory: "64mb", workers: 2 });
 * await fetch(`${server.url}/health`);
 */
export interface Server extends AsyncDisposable {
  /** Where clients reach it: `http://127.0.0.1:4000`, or `unix:/run/stowage.sock`. */
  readonly url: string;
  /** What it listens on: as `net.Server.address()`, or the path of the Unix socket. */
  readonly address: AddressInfo | string;
  /** Its settings, tokens left out. */
  readonly config: Config;
  /** What it serves, for this thread to read and write at memory speed. */
  readonly table: SharedTable;
  readonly state: "ready" | "draining" | "closed";
  stats(): ServerStats;
  /**
   * Reads the certificate, its key and the tokens file again. Open connections go on.
   *
   * @throws TlsError, ConfigError: what was read before stays
   */
  reload(): void;
  /** Takes a snapshot now. false: it failed, which was logged, or there is no data directory. */
  snapshot(): Promise<boolean>;
  /**
   * Stops: /ready answers 503, after the setting `drain-delay` nothing more is accepted, requests under way are answered
   * within the deadline, a last snapshot is taken. Further calls wait for the first one.
   */
  close(options?: CloseOptions): Promise<void>;
  /** Ends at once: no drain, no snapshot. */
  kill(): Promise<void>;
}

export interface Parts {
  readonly config: Config;
  readonly fleet: FleetMemory;
  readonly status: Status;
  readonly table: SharedTable;
  readonly store: Store | undefined;
  readonly listener: Listener;
  readonly crew: Crew;
  readonly log: Log;
  reread(): Secrets;
}

export class RunningServer implements Server {
  readonly #parts: Parts;
  readonly #fleet: Fleet;
  #state: Server["state"] = "ready";
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#fleet = createFleet(parts.fleet, sharedNow);
    setState(parts.fleet, "ready");
  }

  get url(): string {
    return urlOf(this.address, this.config["tls-cert"] !== null);
  }

  get address(): AddressInfo | string {
    return this.#parts.listener.address;
  }

  get config(): Config {
    return this.#parts.config;
  }

  get table(): SharedTable {
    return this.#parts.table;
  }

  get state(): Server["state"] {
    return this.#state;
  }

  stats(): ServerStats {
    return {
      uptime: this.#fleet.uptime(),
      workersUp: this.#parts.status.workersUp,
      workers: this.#fleet.workers(),
      table: this.table.stats(),
    };
  }

  reload(): void {
    this.#parts.crew.tell({ kind: "reload", secrets: this.#parts.reread() });
    this.#parts.log.info("certificate and tokens were read again");
  }

  async snapshot(): Promise<boolean> {
    return (await this.#parts.store?.snapshot()) ?? false;
  }

  close({ deadlineMs = this.config["drain-timeout"]! }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async kill(): Promise<void> {
    this.#closing ??= Promise.resolve();
    this.#parts.listener.close();
    await this.#parts.crew.kill();
    await this.#parts.store?.close({ signal: AbortSignal.abort() });
    this.#end();
  }

  /** For tests: ends a worker as a crash would. */
  replaceWorker(worker: number): Promise<void> {
    return this.#parts.crew.replace(worker);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(deadlineMs: number): Promise<void> {
    const { listener, crew, store, log, fleet, config } = this.#parts;
    this.#state = "draining";
    setState(fleet, "draining");
    log.info({ deadlineMs, delayMs: config["drain-delay"] ?? 0 }, "stopping");
    if (config["drain-delay"] !== null) await passed(config["drain-delay"]);
    listener.close();
    await crew.stop(deadlineMs);
    await store?.close();
    this.#end();
    log.info("stopped");
  }

  #end(): void {
    this.#state = "closed";
    if (!this.table.closed) this.table.close();
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** One that can be called: an address that stands for all of the machine's is none. */
function urlOf(address: AddressInfo | string, isTls: boolean): string {
  if (typeof address === "string") return `unix:${address}`;
  const own = address.family === "IPv6" ? `[${address.address}]` : address.address;
  const host = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" }[own] ?? own;
  return `${isTls ? "https" : "http"}://${host}:${address.port}`;
}
