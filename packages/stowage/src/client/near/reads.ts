/**
 * Reads that are on their way and may be kept, by key: one of a key at a time, as what it brings is as good for others.
 * One that an invalidation or a write overtook is forgotten here, so that the next one may be kept. There are as many as the
 * client has under way, so their number is bounded by `maxPending`.
 */
import type { Epoch } from "./epoch.js";
import { labelOf } from "./long-keys.js";
import type { NearRead } from "./types.js";

export class Read implements NearRead {
  isOvertaken = false;

  constructor(
    readonly key: string,
    /** The client's clock: what the read brings was true then, or later. */
    readonly beganAtMs: number,
    /** What the entry will belong to: if it bears no tags, and if it does. */
    readonly plain: Epoch,
    readonly tagged: Epoch,
  ) {}
}

export class Reads {
  readonly #reads = new Map<string, Read>();

  has(key: string): boolean {
    return this.#reads.has(key);
  }

  add(read: Read): void {
    this.#reads.set(read.key, read);
  }

  /** It has ended. */
  remove(read: Read): void {
    if (this.#reads.get(read.key) === read) this.#reads.delete(read.key);
  }

  /** What this read brings may be out of date. */
  overtake(key: string): void {
    const read = this.#reads.get(key);
    if (read === undefined) return;
    read.isOvertaken = true;
    this.#reads.delete(key);
  }

  overtakeLong(label: string): void {
    for (const key of [...this.#reads.keys()]) if (labelOf(key) === label) this.overtake(key);
  }

  overtakeAll(): void {
    for (const key of [...this.#reads.keys()]) this.overtake(key);
  }
}
