/**
 * A connection that is made again whenever it breaks, until it is closed: each time at once, and then with pauses that grow. What
 * is done with it is the caller's, and a failure of that is a break as well: whether the connection is good is known only
 * by what comes of using it.
 */
import type { Clock, TimerHandle } from "../../../base/clock.js";
import { fullJitter } from "../../../resilience/backoff.js";
import type { RedisConnection } from "../clients/client.js";
import { within } from "./within.js";

export interface LinkUse {
  readonly clock: Clock;
  /** How long a connection may take to be made. */
  readonly connectMs: number;
  connect(): Promise<RedisConnection>;
  /** Works with it for as long as it is good; what it throws is a break. */
  use(connection: RedisConnection): Promise<void>;
  /** It has broken, or could not be made. */
  lost(): void;
}

const PAUSE_MS_MAX = 1_000;

export class Link {
  readonly #use: LinkUse;
  #connection: RedisConnection | undefined;
  #isClosed = false;
  /** Ends the wait for whoever uses the connection. */
  #leave: (() => void) | undefined;
  #timer: TimerHandle | undefined;
  #wake: (() => void) | undefined;
  readonly #running: Promise<void>;

  constructor(use: LinkUse) {
    this.#use = use;
    this.#running = this.#run();
  }

  /** What is under way on the connection rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#leave?.();
    if (this.#timer !== undefined) this.#use.clock.clearTimer(this.#timer);
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#isClosed; attempt++) {
      const isUsed = await this.#once();
      if (this.#isClosed) return;
      this.#use.lost();
      if (isUsed) attempt = 1;
      await this.#pause(fullJitter(attempt, { capMs: PAUSE_MS_MAX }));
    }
  }

  /** One connection, from its beginning to its end. @returns whether there was one */
  async #once(): Promise<boolean> {
    try {
      this.#connection = await this.#open();
      if (!this.#isClosed) await this.#untilEnd(this.#connection);
    } catch {
      // Whatever it was: it is tried again, and whoever listens is told that it is not connected.
    }
    const wasThere = this.#connection !== undefined;
    this.#connection?.destroy();
    this.#connection = undefined;
    return wasThere;
  }

  async #open(): Promise<RedisConnection> {
    const { clock, connectMs, connect } = this.#use;
    const connecting = connect();
    try {
      return await within(clock, connectMs, "connect", connecting);
    } catch (error) {
      // One that comes too late is nobody's.
      connecting.then(
        (late) => late.destroy(),
        () => undefined,
      );
      throw error;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#use.clock.setTimer(resolve, ms);
    });
  }

  /** Until the use of it ends, or it breaks by itself, or all is closed. */
  #untilEnd(connection: RedisConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#leave = resolve;
      connection.onEnd(reject);
      this.#use.use(connection).then(resolve, reject);
    });
  }
}
