/**
 * Heartbeats of one event stream, where its client asked for them: each says up to which moment it has been told of
 * everything.
 *
 *     moment := now -> target := the last change that was made -> (that change has been sent) -> alive {"at": moment}
 *
 * In this order: whatever was made before the moment is no later than the target. What was answered to whoever wrote it has
 * its place in the feed by then, so a client that has heard `alive` knows of every write that was answered before `at`.
 *
 * One is on its way at a time: a stream that is behind says later how it stands, not more often.
 */
import type { ChangeHub } from "./hub.js";

export interface HeartbeatParts {
  readonly intervalMs: number;
  readonly hub: Pick<ChangeHub, "position" | "latest">;
  /** Milliseconds of a clock that all workers of the server share. */
  now(): number;
  /** Sends the event. */
  send(position: number, atMs: number): void;
}

export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #timer: NodeJS.Timeout;
  /** Of the one that is on its way. */
  #atMs = 0;
  #target: number | undefined;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.beat(), parts.intervalMs);
    this.#timer.unref();
  }

  /** Tells how it stands, now if all that was made has been sent, else as soon as it has been. */
  beat(): void {
    if (this.#target === undefined) {
      this.#atMs = this.#parts.now();
      this.#target = this.#parts.hub.latest;
    }
    this.moved();
  }

  /** More has been sent: all up to the hub's position. */
  moved(): void {
    const { position } = this.#parts.hub;
    if (this.#target === undefined || position < this.#target) return;
    this.#target = undefined;
    this.#parts.send(position, this.#atMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
