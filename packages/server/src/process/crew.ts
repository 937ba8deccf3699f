/** All workers: started together, told things together, stopped together; watched, and replaced when they hang. */
import type { Fleet, Log } from "../observe/types.js";
import type { ToWorker } from "./messages.js";
import { Slot, type SlotOptions } from "./slot.js";
import { type Watchdog, watch } from "./watchdog.js";

export interface CrewOptions extends Omit<SlotOptions, "number"> {
  readonly fleet: Pick<Fleet, "quietMs">;
  readonly hangMs: number;
  readonly log: Log;
}

export class Crew {
  readonly #options: CrewOptions;
  readonly #slots: readonly Slot[];
  #watchdog: Watchdog | undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#slots = Array.from(
      { length: options.board.workers },
      (_, number) => new Slot({ ...options, number }),
    );
  }

  /** Resolves when all listen. If one cannot, all are ended and its error is thrown. */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#slots.map((slot) => slot.begin()));
    } catch (error) {
      await this.kill();
      throw error;
    }
    const { fleet, board, hangMs, now } = this.#options;
    this.#watchdog = watch(
      fleet,
      board.workers,
      { hangMs, now },
      (worker) => this.#slots[worker].isUp,
      (worker) => this.#hung(worker),
    );
  }

  tell(message: ToWorker): void {
    for (const slot of this.#slots) slot.tell(message);
  }

  /** Ends one of them, as a crash would; another one takes its place. */
  replace(worker: number): Promise<void> {
    return this.#slots[worker].replace();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#watchdog?.stop();
    await Promise.all(this.#slots.map((slot) => slot.stop(deadlineMs)));
  }

  async kill(): Promise<void> {
    this.#watchdog?.stop();
    await Promise.all(this.#slots.map((slot) => slot.kill()));
  }

  #hung(worker: number): void {
    const { log, hangMs } = this.#options;
    log.error({ worker, hangMs }, "worker hangs: its event loop stands still; it is replaced");
    this.#slots[worker].replace();
  }
}
