/**
 * Sends texts in the order in which they were given, within a time. While there is no connection they wait for it, all at the same
 * gate, so that none overtakes another; what was not sent when its time is over is never sent.
 */
import type { Clock } from "../../../base/clock.js";
import type { Commands } from "../commands.js";
import { within } from "./within.js";

export class Publisher {
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #gate: Promise<void> | undefined;

  constructor(commands: Commands, clock: Clock, timeoutMs: number) {
    this.#commands = commands;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async publish(send: () => Promise<unknown>): Promise<void> {
    const dueMs = this.#clock.now() + this.#timeoutMs;
    if (this.#gate !== undefined || !this.#commands.isReady) await this.#within(dueMs, this.#pass());
    await this.#within(dueMs, send());
  }

  #pass(): Promise<void> {
    this.#gate ??= this.#commands.untilReady("publish").finally(() => {
      this.#gate = undefined;
    });
    return this.#gate;
  }

  #within<T>(dueMs: number, promise: Promise<T>): Promise<T> {
    return within(this.#clock, dueMs - this.#clock.now(), "publish", promise);
  }
}
