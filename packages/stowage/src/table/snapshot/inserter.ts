/** Puts records into the table as `add` would: only where nothing is. Counts what becomes of them. */
import { TableFullError } from "../../base/errors.js";
import { I_KEY, KIND_DOUBLE, KIND_INTEGER } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ADD, put } from "../verbs/put.js";
import type { Stored } from "../verbs/values.js";
import type { Records } from "./records.js";

export class Inserter {
  /** Entries that were loaded. */
  entries = 0;
  expired = 0;
  present = 0;
  refused = 0;
  readonly #t: TableState;
  /** What is invalidated from the beginning of the load on invalidates what it loads. */
  readonly #tagSequence: number;
  readonly #guard: () => boolean;
  #wallOffset = 0;
  #now = 0;
  #full = false;

  /** `guard` is asked under the lock of the key's bucket whether the entry may still be put there. */
  constructor(t: TableState, guard: () => boolean) {
    this.#t = t;
    this.#tagSequence = t.tags.sequence;
    this.#guard = guard;
    this.readClock();
  }

  /** That is now until it is called again. */
  readClock(): void {
    const { timekeeper } = this.#t;
    this.#now = timekeeper.now();
    this.#wallOffset = timekeeper.clock.wall() - this.#now;
  }

  insert(record: Records): void {
    const t = this.#t;
    const { wallDeadline } = record;
    if (wallDeadline !== 0 && wallDeadline - this.#wallOffset <= this.#now) {
      this.expired++;
      return;
    }
    if (this.#full || record.valueLength > t.valueBytesMax) {
      this.refused++;
      return;
    }
    t.key.takeWords(record.words, record.at + I_KEY, record.keyLength);
    this.#draft(record, wallDeadline);
    this.#put(storedOf(record));
  }

  #draft(record: Records, wallDeadline: number): void {
    const { draft } = this.#t;
    draft.plain(record.flags);
    if (wallDeadline !== 0) {
      draft.deadline = wallDeadline - this.#wallOffset;
      draft.ttl = record.ttl;
    }
    if (record.tagCount === 0) return;
    draft.tags = record.tags;
    draft.tagCount = record.tagCount;
    draft.tagSequence = this.#tagSequence;
  }

  #put(value: Stored): void {
    try {
      if (put(this.#t, value, ADD, 0, this.#guard) !== 0) this.entries++;
      else if (this.#guard()) this.present++;
    } catch (error) {
      if (!(error instanceof TableFullError)) throw error;
      this.refused++;
      this.#full = !this.#t.evicts; // it will not get emptier by itself
    }
  }
}

function storedOf(record: Records): Stored {
  const { kind, value } = record;
  if (kind === KIND_DOUBLE) return value.readDoubleLE();
  return kind === KIND_INTEGER ? value.readBigInt64LE() : value;
}
