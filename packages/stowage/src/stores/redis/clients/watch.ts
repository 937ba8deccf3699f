/**
 * Looks now and then whether a client's connections answer, and has it connect anew where one does not. node-redis has a time limit for
 * silence only, and what it writes itself breaks the silence: on a connection that is half open it would wait until the kernel
 * gives up, which takes a quarter of an hour. Nor has it one for what is said first on a new connection.
 */
import type { Clock, TimerHandle } from "../../../base/clock.js";
import type { RedisClient } from "./client.js";

const PING = Object.freeze({ key: undefined, args: Object.freeze(["PING"]) });

export class Watch {
  readonly #client: RedisClient;
  readonly #reopen: () => void;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #connectMs: number;
  /** When it was first seen that there is no connection. */
  #awaySinceMs: number | undefined;
  #timer: TimerHandle | undefined;
  #isStopped = false;

  /**
   * @param answerMs what does not answer for so long is found out
   * @param connectMs an attempt to connect that takes longer is given up
   */
  constructor(client: RedisClient, reopen: () => void, clock: Clock, answerMs: number, connectMs: number) {
    this.#client = client;
    this.#reopen = reopen;
    this.#clock = clock;
    // One half between two looks, the other half for the answer.
    this.#everyMs = Math.ceil(answerMs / 2);
    this.#connectMs = connectMs;
    this.#later();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
  }

  #later(): void {
    if (!this.#isStopped) this.#timer = this.#clock.setTimer(() => void this.#look(), this.#everyMs);
  }

  async #look(): Promise<void> {
    const isWell = this.#client.isReady ? await this.#answers() : !this.#isAwayForLong();
    if (this.#client.isReady || !isWell) this.#awaySinceMs = undefined;
    if (!isWell && !this.#isStopped) this.#reopen();
    this.#later();
  }

  #isAwayForLong(): boolean {
    const nowMs = this.#clock.now();
    this.#awaySinceMs ??= nowMs;
    return nowMs - this.#awaySinceMs >= this.#connectMs;
  }

  /** An error is an answer, or a connection that is known to be lost: only silence is neither. */
  async #answers(): Promise<boolean> {
    const silence = new Promise<false>((resolve) => {
      this.#timer = this.#clock.setTimer(() => resolve(false), this.#everyMs);
    });
    const asked = this.#client
      .masters()
      .then((nodes) => Promise.allSettled(nodes.map(({ send }) => send(PING))))
      .then(
        () => true,
        () => true,
      );
    return Promise.race([asked, silence]);
  }
}
