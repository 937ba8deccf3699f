/**
 * The connections to one server: kept ones first, the last used of them before others, so that few stay warm; then new
 * ones up to the bound; then a queue, whose bound is its user's (a node takes only so many requests at once).
 */
import type { Clock, TimerHandle } from "../../../base/clock.js";
import { Connection, type ConnectionHost, type OpenSocket } from "./connection.js";
import type { Exchange } from "./exchange.js";

/** A connection that the other side keeps for as long as it says is left alone this much before. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

export interface PoolOptions {
  readonly open: OpenSocket;
  readonly connections: number;
  readonly keepAliveMs: number;
  readonly bytesMax: number;
  readonly clock: Clock;
}

export class Pool implements ConnectionHost {
  readonly #options: PoolOptions;
  readonly #all = new Set<Connection>();
  /** The one used last is the last. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<Exchange>();
  readonly #streams = new Set<Connection>();
  #sweep: TimerHandle | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** As soon as there is a connection for it. */
  send(exchange: Exchange): void {
    exchange.listen(this.#giveUp);
    const kept = this.#takeIdle();
    if (kept !== undefined) kept.send(exchange);
    else if (this.#all.size < this.#options.connections) this.#connect(exchange, this.#all);
    else this.#waiting.add(exchange);
  }

  /** On a connection of its own, which is not counted. */
  stream(exchange: Exchange): Connection {
    exchange.listen(this.#giveUp);
    return this.#connect(exchange, this.#streams);
  }

  idle(connection: Connection): void {
    if (this.#streams.has(connection) || this.#isClosed) {
      connection.destroy();
      return;
    }
    const next = this.#nextWaiting();
    if (next !== undefined) connection.send(next);
    else this.#keep(connection);
  }

  gone(connection: Connection): void {
    if (this.#streams.delete(connection)) return;
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    const next = this.#isClosed ? undefined : this.#nextWaiting();
    if (next !== undefined) this.#connect(next, this.#all);
  }

  /** What one server closes while it is idle, it has most often closed with the others: no further try is wasted on them. */
  stale(): void {
    for (const connection of [...this.#idle]) connection.destroy();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#sweep !== undefined) this.#options.clock.clearTimer(this.#sweep);
    for (const exchange of this.#waiting) exchange.failWith("the transport was closed");
    this.#waiting.clear();
    for (const connection of [...this.#all, ...this.#streams]) {
      const { exchange } = connection;
      connection.destroy();
      exchange?.failWith("the transport was closed");
    }
  }

  #connect(exchange: Exchange, group: Set<Connection>): Connection {
    const connection = new Connection(this.#options.open, this.#options.bytesMax, this, exchange);
    group.add(connection);
    return connection;
  }

  /** The one used last; if its time is over, so is that of all others. */
  #takeIdle(): Connection | undefined {
    const last = this.#idle[this.#idle.length - 1];
    if (last === undefined) return undefined;
    if (this.#keptUntil(last) > this.#options.clock.now()) return this.#idle.pop();
    this.stale();
    return undefined;
  }

  #nextWaiting(): Exchange | undefined {
    for (const exchange of this.#waiting) {
      this.#waiting.delete(exchange);
      return exchange;
    }
    return undefined;
  }

  readonly #giveUp = (exchange: Exchange, reason: unknown): void => {
    if (!this.#waiting.delete(exchange)) {
      for (const connection of [...this.#all, ...this.#streams])
        if (connection.exchange === exchange) connection.destroy();
    }
    exchange.fail(reason);
  };

  #keep(connection: Connection): void {
    const { clock, keepAliveMs } = this.#options;
    if (connection.keepAliveMs <= KEEP_ALIVE_MARGIN_MS) {
      connection.destroy();
      return;
    }
    connection.idleSinceMs = clock.now();
    this.#idle.push(connection);
    this.#sweep ??= clock.setTimer(this.#sweepIdle, keepAliveMs);
  }

  readonly #sweepIdle = (): void => {
    this.#sweep = undefined;
    const { clock, keepAliveMs } = this.#options;
    const nowMs = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const connection of [...this.#idle]) {
      const leftMs = this.#keptUntil(connection) - nowMs;
      if (leftMs <= 0) connection.destroy();
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (this.#idle.length > 0) this.#sweep = clock.setTimer(this.#sweepIdle, Math.min(nextMs, keepAliveMs));
  };

  #keptUntil(connection: Connection): number {
    const ownMs = this.#options.keepAliveMs;
    return connection.idleSinceMs + Math.min(ownMs, connection.keepAliveMs - KEEP_ALIVE_MARGIN_MS);
  }
}
