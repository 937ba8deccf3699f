/** L2 in the hands of a test: counters and records in memory, calls that are counted, held back, or fail. */

import { MemoryStore } from "../../../../src/stores/memory/index.js";
import type { CounterOptions } from "../../../../src/stores/store.js";
import { type Deferred, deferred } from "../../../../src/testing/deferred.js";
import { FakeClock } from "../../../../src/testing/fake-clock.js";
import { Stamps, type StampsParts } from "../../../../src/tiered/tags/index.js";

export const TTL_MS = 1_000;
const utf8 = new TextEncoder();
const call = { signal: new AbortController().signal };

/** A store in memory, behind what looks like a guard. What was asked, and when it is answered, is the test's. */
export class L2 {
  readonly store: MemoryStore;
  readonly guard = {
    isAvailable: true,
    getMany: (keys: readonly string[]) => this.#ask("getMany", keys, () => this.store.getMany(keys, call)),
    incr: (key: string, amount: number, options: CounterOptions) =>
      this.#ask("incr", [key], () => this.store.incr(key, amount, options, call)),
    deleteMany: (keys: readonly string[]) =>
      this.#ask("deleteMany", keys, () => this.store.deleteMany(keys, call)),
  };
  /** `getMany e s:t`, `incr s:t`, ... in the order in which they were sent. */
  readonly asked: string[] = [];
  /** Answers are held back until it is fulfilled; what they say was read before. */
  gate: Deferred<void> | undefined;
  /** Errors of the calls to come: before they do anything, or after. */
  fails: "before" | "after" | undefined;
  /** Fails only what has this in its line. */
  failsOf = "";

  constructor(readonly clock: FakeClock) {
    this.store = new MemoryStore({ clock });
  }

  /** Writes over whatever stands there. */
  async put(key: string, text: string): Promise<void> {
    await this.store.setMany([{ key, bytes: utf8.encode(text), ttlMs: null }], call);
  }

  async number(key: string): Promise<number> {
    const [bytes] = await this.store.getMany([key], call);
    return Number(new TextDecoder().decode(bytes ?? new Uint8Array()));
  }

  async #ask<T>(verb: string, keys: readonly string[], run: () => Promise<T>): Promise<T> {
    const line = `${verb} ${keys.join(" ")}`;
    this.asked.push(line);
    const { gate } = this;
    const fails = line.includes(this.failsOf) ? this.fails : undefined;
    if (fails === "before") throw new Error("ECONNREFUSED");
    const answer = await run();
    await gate?.promise;
    if (fails === "after") throw new Error("ECONNRESET");
    return answer;
  }
}

export interface TagStage {
  readonly clock: FakeClock;
  readonly l2: L2;
  /** One process's. */
  readonly stamps: Stamps;
  /** Another process's, on the same L2. */
  another(parts?: Partial<StampsParts>): Stamps;
  /** Lets all answers go. */
  open(): Promise<void>;
}

export function tagStage(parts: Partial<StampsParts> = {}, l2 = new L2(new FakeClock())): TagStage {
  const { clock } = l2;
  const another = (own: Partial<StampsParts> = {}): Stamps =>
    new Stamps({
      guard: l2.guard,
      epochKey: "e",
      stampKey: (mark) => `s:${mark}`,
      capacity: 100,
      clock,
      whenBehind: { ttlMs: TTL_MS },
      ...parts,
      ...own,
    });
  return {
    clock,
    l2,
    stamps: another(),
    another,
    async open() {
      const { gate } = l2;
      l2.gate = undefined;
      gate?.resolve();
      await clock.advanceAsync(0);
    },
  };
}

/** The bus tells of everything, as far as this one knows. */
export function live(stamps: Stamps): Stamps {
  stamps.forget();
  stamps.setBehind(false);
  return stamps;
}

export function hold(l2: L2): void {
  l2.gate = deferred<void>();
}

/** Whether a record of this epoch with these marks is believed. */
export async function isBelieved(stamps: Stamps, epoch: number, ...marks: string[]): Promise<boolean> {
  return (await stamps.check([{ epoch, marks }]))[0];
}

/** Whether it could be said without asking L2. */
export function isKnown(stamps: Stamps, ...marks: string[]): boolean {
  const answer = stamps.check([{ epoch: 0, marks }]);
  if (!(answer instanceof Promise)) return true;
  answer.catch(() => undefined);
  return false;
}
