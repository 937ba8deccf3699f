/**
 * How much is live in each log: summed up from the segment table when room is needed, and kept up to date by what reclaim
 * itself moves and drops until it gives its lock back. What others write meanwhile is seen the next time.
 *
 * The policy reckons in entries, for which the average one's bytes stand: window and main are shares of memory.
 */
import * as items from "../log/items.js";
import { sizeOf } from "../log/jumbo.js";
import * as segments from "../log/segments.js";
import {
  C_RESERVED,
  LOG_MAIN,
  LOG_WINDOW,
  S_LOG,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ENTRIES, total } from "../threads/stats.js";

export class LiveBytes {
  readonly #t: TableState;
  /** Indexed by the log. */
  readonly #bytes = new Float64Array(2);
  #entries = 0;

  constructor(t: TableState) {
    this.#t = t;
  }

  /** `pending`: bytes at the end of the window that the caller appended and has not linked. */
  measure(pending: number): void {
    const t = this.#t;
    this.#bytes.fill(0);
    const high = segments.highWater(t);
    for (let segment = 0; segment < high; segment++) {
      const state = segments.stateOf(t, segment);
      if (state === SEGMENT_FREE || state === SEGMENT_CHAINED) continue;
      this.#bytes[t.segments[(segment << SEGMENT_WORD_BITS) + S_LOG]] += this.#liveIn(segment);
    }
    this.#bytes[LOG_WINDOW] -= pending;
    this.#entries = Number.isFinite(t.entriesMax) ? t.control[C_RESERVED] : total(t, ENTRIES);
  }

  get windowEntries(): number {
    const entries = this.#entriesOf(LOG_WINDOW);
    return entries === 0 && this.#bytes[LOG_WINDOW] > 0 ? 1 : entries;
  }

  get mainEntries(): number {
    return this.#entries - this.windowEntries;
  }

  get bytes(): number {
    return this.#bytes[LOG_WINDOW] + this.#bytes[LOG_MAIN];
  }

  gone(log: number, bytes: number): void {
    this.#bytes[log] -= bytes;
    this.#entries--;
  }

  admitted(bytes: number): void {
    this.#bytes[LOG_WINDOW] -= bytes;
    this.#bytes[LOG_MAIN] += bytes;
  }

  /** Everything is main's now. */
  settle(): void {
    this.#bytes[LOG_MAIN] += this.#bytes[LOG_WINDOW];
    this.#bytes[LOG_WINDOW] = 0;
  }

  /** A long item's bytes are all those of its segments. */
  #liveIn(segment: number): number {
    const live = segments.liveBytes(this.#t, segment);
    if (live <= 0 || segments.nextOf(this.#t, segment) < 0) return live;
    return sizeOf(this.#t, items.locationAt(this.#t, segment, SEGMENT_HEAD_BYTES));
  }

  #entriesOf(log: number): number {
    return this.bytes <= 0 ? 0 : Math.round((this.#entries * this.#bytes[log]) / this.bytes);
  }
}
