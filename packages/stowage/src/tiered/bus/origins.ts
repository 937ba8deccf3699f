/**
 * The others, and the last number that was heard of each. Numbers go up by one, so one that is higher than that tells of a
 * message that was lost; a beat repeats the last one, so the last one may not be lost either.
 *
 *     last 7:   message 8: next     message 9: gap (8 is lost)     message 7, 6, ...: doubled, or late
 *               beat 7:    next     beat 8:    gap (8 is lost)     beat 6, ...:       late
 *
 * What comes late was taken for lost before, and everything has been dropped since: it tells nothing new.
 *
 * One who has not been heard of for some beats and did not say that he goes may have died between his write to L2 and the news of
 * it. That is told once, as if a message was lost.
 */

export type Verdict = "next" | "doubled" | "gap";

interface Origin {
  seq: number;
  heardAtMs: number;
  isSilent: boolean;
}

/** Processes that share a cache. Of one that is forgotten the next message is a gap. */
const ORIGINS_MAX = 4_096;
/** After so many times the silence one is forgotten. */
const FORGET_AFTER = 10;

export class Origins {
  readonly #all = new Map<string, Origin>();
  readonly #silentMs: number;

  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  get size(): number {
    return this.#all.size;
  }

  /** @param repeats whether it repeats the number of the last message */
  hear(name: string, seq: number, repeats: boolean, nowMs: number): Verdict {
    const first = repeats ? 0 : 1;
    const origin = this.#all.get(name);
    if (origin === undefined) {
      this.#add(name, { seq, heardAtMs: nowMs, isSilent: false });
      return seq === first ? "next" : "gap";
    }
    origin.heardAtMs = nowMs;
    origin.isSilent = false;
    if (seq < origin.seq + first) return "doubled";
    const isNext = seq === origin.seq + first;
    origin.seq = seq;
    return isNext ? "next" : "gap";
  }

  /** It said that it goes. */
  leave(name: string): void {
    this.#all.delete(name);
  }

  /** Nobody could be heard until now. */
  excuse(nowMs: number): void {
    for (const origin of this.#all.values()) origin.heardAtMs = nowMs;
  }

  /** How many have fallen silent since the last look. */
  sweep(nowMs: number): number {
    let count = 0;
    for (const [name, origin] of this.#all) {
      const silentMs = nowMs - origin.heardAtMs;
      if (silentMs > this.#silentMs * FORGET_AFTER) this.#all.delete(name);
      if (silentMs <= this.#silentMs || origin.isSilent) continue;
      origin.isSilent = true;
      count++;
    }
    return count;
  }

  #add(name: string, origin: Origin): void {
    this.#all.set(name, origin);
    if (this.#all.size <= ORIGINS_MAX) return;
    for (const oldest of this.#all.keys()) {
      this.#all.delete(oldest);
      return;
    }
  }
}
