/**
 * One client that follows the changes: an answer without an end, over its connection.
 *
 * A client that reads more slowly than the table changes would have its events pile up here. Above BACKLOG_MAX nothing
 * more is added; once it has read on, it is told `reset` and goes on from there. One that reads nothing for STALLED_MS is
 * cut off.
 */

import type { Change } from "stowage/table";
import type { Connection } from "stowage-http1";
import { aliveEvent, changeEvent, KEY_BYTES_KEPT, placeEvent, resetEvent } from "./event.js";
import { Heartbeat } from "./heartbeat.js";
import type { ChangeHub, Listener } from "./hub.js";

export interface StreamOptions {
  /** Keys have to begin with one of these; empty: all keys. Each of at most KEY_BYTES_KEPT bytes. */
  readonly prefixes: readonly Buffer[];
  /** Whether it may learn the names of tags. */
  readonly named: boolean;
  /** How often it is told that it is up to date; undefined: not at all. */
  readonly heartbeatMs?: number | undefined;
  now(): number;
  /** Whether it may still go on, asked now and then. */
  mayGoOn(): boolean;
}

/** What of some 10,000 events. */
const BACKLOG_MAX = 1024 * 1024;
const BACKLOG_LOW = 64 * 1024;
const STALLED_MS = 60_000;
/** For those who do not say how often. Below the idle timeouts of proxies, most of which are 60 s. */
const HEARTBEAT_MS = 15_000;
/** A client that lost its connection is asked to wait so long; not all workers' clients at once matters less than gaps. */
const RETRY = "retry: 1000\n";
/** So many changes are told anew to one that resumes; beyond, dropping its copies is cheaper. */
const REPLAY_MAX = 20_000;

export class EventStream implements Listener {
  readonly #connection: Connection;
  readonly #hub: ChangeHub;
  readonly #options: StreamOptions;
  #heartbeat: Heartbeat | undefined;
  /** It could not take everything; since when. */
  #behindAt: number | undefined;
  #sentAt: number;
  /** Something was sent and not flushed. */
  #unsent = false;
  #finish!: () => void;
  #finished = false;

  constructor(connection: Connection, hub: ChangeHub, options: StreamOptions) {
    this.#connection = connection;
    this.#hub = hub;
    this.#options = options;
    this.#sentAt = options.now();
  }

  /**
   * Tells what changes until the client or the server goes. The head of the answer has been sent.
   *
   * @param from the place behind which it begins; undefined: now; null: one that cannot be
   */
  run(from: number | undefined | null): Promise<void> {
    return new Promise((resolve) => {
      const leave = this.#hub.join(this);
      this.#finish = () => {
        this.#finished = true;
        this.#connection.onClose = null;
        this.#connection.onEnding = null;
        this.#heartbeat?.stop();
        leave();
        resolve();
      };
      this.#connection.onClose = this.#finish;
      this.#connection.onEnding = this.#finish;
      this.#begin(from);
    });
  }

  change(change: Change): void {
    if (this.#behindAt === undefined && this.#isWanted(change))
      this.#send(changeEvent(change, this.#options.named));
  }

  reset(): void {
    if (this.#behindAt === undefined) this.#send(resetEvent(this.#hub.position));
  }

  settled(): void {
    this.#heartbeat?.moved();
    if (this.#unsent) this.#flush();
  }

  tick(): void {
    const now = this.#options.now();
    if (!this.#options.mayGoOn()) this.#finish();
    else if (this.#behindAt !== undefined) this.#catchUp(now - this.#behindAt);
    else if (now - this.#sentAt >= HEARTBEAT_MS) {
      this.#send(placeEvent(this.#hub.position));
      this.#flush();
    }
  }

  ended(): void {
    this.#finish();
  }

  #begin(from: number | undefined | null): void {
    const { position } = this.#hub;
    const past = from === undefined ? [] : from === null ? undefined : this.#hub.since(from, REPLAY_MAX);
    this.#send(RETRY + (past === undefined ? resetEvent(position) : placeEvent(from ?? position)));
    if (past !== undefined) for (const change of past) this.change(change);
    this.#flush();
    this.#beginHeartbeat();
  }

  #beginHeartbeat(): void {
    const { heartbeatMs: intervalMs, now } = this.#options;
    if (intervalMs === undefined || this.#finished) return;
    const send = (position: number, atMs: number): void => this.#alive(position, atMs);
    this.#heartbeat = new Heartbeat({ intervalMs, hub: this.#hub, now, send });
    this.#heartbeat.beat();
  }

  /** One that is behind has not been sent everything. */
  #alive(position: number, atMs: number): void {
    if (this.#behindAt !== undefined) return;
    this.#send(aliveEvent(position, atMs));
    this.#flush();
  }

  #send(event: string): void {
    this.#connection.send(event);
    this.#unsent = true;
  }

  #flush(): void {
    this.#connection.flush();
    this.#unsent = false;
    this.#sentAt = this.#options.now();
    if (this.#connection.backlog > BACKLOG_MAX) this.#behindAt = this.#sentAt;
  }

  #catchUp(behindMs: number): void {
    if (this.#connection.backlog <= BACKLOG_LOW) {
      this.#behindAt = undefined;
      this.#send(resetEvent(this.#hub.position));
      this.#flush();
    } else if (behindMs > STALLED_MS) this.#connection.destroy();
  }

  /** Of a key that is longer than the feed keeps, its beginning decides: prefixes are not longer than that. */
  #isWanted({ kind, key }: Change): boolean {
    const { prefixes } = this.#options;
    if (prefixes.length === 0 || kind === "clear" || kind === "tag") return true;
    return prefixes.some(
      (prefix) =>
        key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0,
    );
  }
}

/** Whether the feed can tell keys that begin so from others. */
export function canFollow(prefix: Buffer): boolean {
  return prefix.length <= KEY_BYTES_KEPT;
}
