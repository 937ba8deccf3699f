/**
 * What is to be published, in order. What comes while a statement is under way goes with the next one, all together: a bus under load
 * needs one statement for many texts. What the connection takes with it is not sent again, since it may have been delivered: its
 * publisher is told, and so is everybody who waits behind it.
 */
import { StoreUnavailableError } from "../../../base/errors.js";

interface Letter {
  readonly name: string;
  readonly payloads: readonly string[];
  resolve(): void;
  reject(error: unknown): void;
}

export type Send = (names: readonly string[], payloads: readonly string[]) => Promise<unknown>;

/** Of one statement. */
const PAYLOADS_MAX = 500;

export class Outbox {
  #waiting: Letter[] = [];
  #underWay: Letter[] = [];
  #send: Send | undefined;
  /** Undefined: there is a connection, or the first one is being made. */
  #away: Error | undefined;

  publish(name: string, payloads: readonly string[]): Promise<void> {
    if (this.#away !== undefined) return Promise.reject(this.#away);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, payloads, resolve, reject });
      void this.#pump();
    });
  }

  open(send: Send): void {
    this.#send = send;
    this.#away = undefined;
    void this.#pump();
  }

  /** Everybody who waits is told, and everybody who comes until it is opened again. */
  shut(reason: Error): void {
    this.#send = undefined;
    this.#away = reason;
    const lost = [...this.#underWay, ...this.#waiting];
    this.#underWay = [];
    this.#waiting = [];
    for (const letter of lost) letter.reject(reason);
  }

  async #pump(): Promise<void> {
    while (this.#send !== undefined && this.#underWay.length === 0 && this.#waiting.length > 0) {
      const letters = this.#next();
      this.#underWay = letters;
      const error = await this.#sendAll(this.#send, letters);
      // Shut meanwhile, and perhaps opened again: they were told.
      if (this.#underWay !== letters) return;
      this.#underWay = [];
      for (const letter of letters) {
        if (error === undefined) letter.resolve();
        else letter.reject(error);
      }
    }
  }

  #next(): Letter[] {
    let count = 0;
    let payloads = 0;
    while (count < this.#waiting.length && (count === 0 || payloads < PAYLOADS_MAX))
      payloads += this.#waiting[count++].payloads.length;
    return this.#waiting.splice(0, count);
  }

  async #sendAll(send: Send, letters: readonly Letter[]): Promise<unknown> {
    const names = letters.flatMap(({ name, payloads }) => payloads.map(() => name));
    try {
      await send(
        names,
        letters.flatMap(({ payloads }) => payloads),
      );
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

export function busAway(reason: string, cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError("postgres", "publish", "away", reason, { cause });
}
