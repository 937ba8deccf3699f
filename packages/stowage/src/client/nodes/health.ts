/**
 * Asks a server whether it is well: GET /health, one at a time.
 *
 * Where the breaker is open, at the end of each cooldown, so that the client recovers by itself, and no caller has to be the
 * one who tries. Where it is closed, once nobody has had an answer for a while, so that a server that went away is known
 * before the next call. It begins with the first call: runtimes that have timers only while they answer a request never see
 * it, and there the first caller after a cooldown is the one who tries.
 */
import type { TimerHandle } from "../../base/clock.js";
import { attempt } from "./attempt.js";
import { Call } from "./call.js";
import type { NodeParts } from "./parts.js";

export class Health {
  readonly #parts: NodeParts;
  readonly #everyMs: number;
  #timer: TimerHandle | undefined;
  #isAsking = false;
  #isClosed = false;

  constructor(parts: NodeParts, everyMs: number) {
    this.#parts = parts;
    this.#everyMs = everyMs;
  }

  /** Called with each call; costs nothing once it has begun. */
  begin(): void {
    if (this.#timer === undefined && !this.#isAsking && !this.#isClosed) this.#plan();
  }

  /** The breaker has changed its state. */
  changed(): void {
    if (!this.#isAsking && !this.#isClosed) this.#plan();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #plan(): void {
    this.#stop();
    const { clock, breaker } = this.#parts;
    const waitMs = breaker?.state === "open" ? Math.min(breaker.leftMs, this.#everyMs) : this.#everyMs;
    this.#timer = clock.setTimer(() => void this.#look(), waitMs);
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    if (this.#isDue()) {
      this.#isAsking = true;
      await this.#ask();
      this.#isAsking = false;
    }
    if (!this.#isClosed) this.#plan();
  }

  #isDue(): boolean {
    const { breaker, lastAnswerMs, clock } = this.#parts;
    if (breaker?.state === "open") return breaker.leftMs <= 0;
    return breaker?.state !== "half-open" && clock.now() - lastAnswerMs >= this.#everyMs;
  }

  /** How it went stands in the breaker, and is told as an event. */
  async #ask(): Promise<void> {
    const parts = this.#parts;
    const call = new Call(
      parts,
      { method: "GET", path: "/health", isRepeatable: true },
      () => "health",
      0,
      {},
    );
    try {
      await attempt(call, 1, (transport, request) => transport.send(request));
    } catch (error) {
      parts.lastFault = error;
    } finally {
      call.end();
    }
  }
}
