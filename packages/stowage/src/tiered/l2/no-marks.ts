/**
 * Marks over a store that has no counters: there are none of tags, and a namespace is cleared by removing its records. Its entries are
 * believed as they are.
 */
import type { StoreGuard } from "../guard/index.js";
import type { CacheKeys } from "./keys.js";
import { readMark } from "./keys.js";
import type { Validity } from "./parts.js";

export class NoMarks implements Validity {
  readonly epoch = 0;
  readonly #guard: StoreGuard;
  readonly #keys: CacheKeys;

  constructor(guard: StoreGuard, keys: CacheKeys) {
    this.#guard = guard;
    this.#keys = keys;
  }

  check(records: readonly unknown[]): readonly boolean[] {
    return records.map(() => true);
  }

  async invalidate(marks: readonly string[], signal?: AbortSignal): Promise<number> {
    for (const text of marks) {
      const mark = readMark(text);
      if (mark?.kind !== "namespace") continue;
      for (const prefix of this.#keys.recordsBelow(mark.path)) await this.#guard.clear(prefix, signal);
    }
    return this.epoch;
  }
}
