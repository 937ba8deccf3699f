/**
 * The policy's memory: lazy W-TinyLFU's scores, time, history and window share (cache/policy/tiny-lfu), over words that all
 * threads share.
 *
 *     in process                                here
 *     score per slot                            in the item's header; not there until the item is first looked at
 *     reads per slot                            the slot's counter in the index
 *     reads and additions counted on each call  counted by each thread for itself, summed up when room is needed
 *     a new key takes its score from history    when it is first looked at: a write should not have to wait for memory
 *     entries of window and main                live bytes of both logs; an entry is as many bytes as the average one
 *
 * What a request costs thereby is nothing that would not be counted anyway. Called only under the reclaim lock.
 *
 * Invariant: every word is meaningful after each single store. A thread that dies in between has lost at most the exactness
 * of one period's counts.
 */
import { earlier, scoreAfter } from "../../cache/policy/tiny-lfu/decayed-score.js";
import { History } from "../../cache/policy/tiny-lfu/history.js";
import { HORIZON, RequestClock } from "../../cache/policy/tiny-lfu/request-clock.js";
import { SlotBit } from "../../cache/policy/tiny-lfu/slot-states.js";
import { SHARE_NUMBERS, WindowShare } from "../../cache/policy/tiny-lfu/window-share.js";
import { C_RECORDS_HIGH, LOG_MAIN, LOG_WINDOW, RECORD_WORDS, RF_STATS } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ADDED, HITS, OVERWRITES } from "../threads/stats.js";
import {
  PERIOD_ADDED,
  PERIOD_MAIN_HITS,
  PERIOD_WINDOW_HITS,
  POLICY_FILLED,
  POLICY_NOW,
  POLICY_SETTLED,
  POLICY_SHARE,
  POLICY_TIMED,
} from "./words.js";

/** Not known to the history. */
const UNKNOWN = -1;
/** The time of a new table, which its history begins with. */
const FIRST_TIME = 0;
/**
 * The counts of all threads are summed up so often while as many entries are evicted as there are: each time, where they
 * are few. With 256 looks the hit ratio of 1,000 entries was a point lower on one trace.
 */
const LOOKS_A_TURNOVER = 4_096;

export class TablePolicy {
  readonly #t: TableState;
  readonly #clock = new RequestClock();
  readonly #share: WindowShare;
  readonly #history: History;
  #untilLook = 0;
  /** What was summed up last. */
  #windowUses = 0;
  #mainUses = 0;
  #added = 0;

  constructor(t: TableState, cells: Int32Array) {
    this.#t = t;
    const numbers = t.controlDoubles.subarray(POLICY_SHARE, POLICY_SHARE + SHARE_NUMBERS);
    this.#share = new WindowShare(numbers);
    // Hashes are salted already (memory/key-buffer.ts).
    this.#history = new History(cells.length, 0, FIRST_TIME, cells);
  }

  /** The policy's time. */
  get now(): number {
    return this.#t.control[POLICY_NOW];
  }

  /** Whether anything was ever evicted. Until then there is nothing to choose, and everything counts as main. */
  get settled(): boolean {
    return this.#t.control[POLICY_SETTLED] !== 0;
  }

  /** What is there is main's, and so were its hits; from now on new entries are the window's. */
  settle(): void {
    const { control, controlDoubles } = this.#t;
    this.#sum();
    controlDoubles[PERIOD_MAIN_HITS] -= this.#windowUses - controlDoubles[PERIOD_WINDOW_HITS];
    controlDoubles[PERIOD_WINDOW_HITS] = this.#windowUses;
    control[POLICY_FILLED] = control[POLICY_NOW];
    control[POLICY_SETTLED] = 1;
  }

  /** Part of the live bytes that the window should have. */
  get share(): number {
    return this.#share.value;
  }

  /** Entries of so many that the window should have. */
  windowTarget(entries: number): number {
    return this.#share.of(entries);
  }

  /** Lets the requests since the last time count as time; the window's share follows at the end of each period. */
  advance(windowEntries: number, mainEntries: number): void {
    if (--this.#untilLook > 0) return;
    const entries = windowEntries + mainEntries;
    this.#untilLook = Math.trunc(entries / LOOKS_A_TURNOVER);
    const clock = this.#load();
    clock.paceFor(entries);
    const isOver = clock.passes(entries);
    this.#t.control[POLICY_NOW] = clock.now;
    this.#t.control[POLICY_TIMED] = clock.timed;
    if (isOver) this.#adapt(windowEntries, mainEntries);
  }

  /** The score that an item has which reclaim never looked at: what its key left with, or that of a key of long ago. */
  scoreOfNew(hash: number, isMain: boolean): number {
    if (isMain) {
      const filled = this.#t.control[POLICY_FILLED];
      return scoreAfter(earlier(filled, HORIZON), 1, filled);
    }
    const known = this.#history.take(hash, this.now);
    return known === UNKNOWN ? earlier(this.now, HORIZON) : known;
  }

  /** The score after so many more requests. No more than three reads count between two looks. */
  scoreAfter(score: number, requests: number): number {
    return requests === 0 ? score : scoreAfter(score, Math.min(requests, SlotBit.READS), this.now);
  }

  /** Remembers the score that a key left with. */
  remember(hash: number, score: number): void {
    this.#history.put(hash, score, this.now);
  }

  /** The clock of this period, from the counts of all threads. */
  #load(): RequestClock {
    const { control, controlDoubles } = this.#t;
    const clock = this.#clock;
    this.#sum();
    clock.hits[0] = this.#windowUses - controlDoubles[PERIOD_WINDOW_HITS];
    clock.hits[1] = this.#mainUses - controlDoubles[PERIOD_MAIN_HITS];
    clock.added = this.#added - controlDoubles[PERIOD_ADDED];
    clock.now = control[POLICY_NOW];
    clock.timed = control[POLICY_TIMED];
    return clock;
  }

  /** Reads and overwrites of each log's entries, and additions, of all threads there ever were. */
  #sum(): void {
    const { control, controlDoubles, recordsAt } = this.#t;
    const records = control[C_RECORDS_HIGH];
    this.#windowUses = 0;
    this.#mainUses = 0;
    this.#added = 0;
    for (let record = 0; record < records; record++) {
      const at = ((recordsAt + record * RECORD_WORDS) >> 1) + RF_STATS;
      this.#windowUses +=
        controlDoubles[at + HITS + LOG_WINDOW] + controlDoubles[at + OVERWRITES + LOG_WINDOW];
      this.#mainUses += controlDoubles[at + HITS + LOG_MAIN] + controlDoubles[at + OVERWRITES + LOG_MAIN];
      this.#added += controlDoubles[at + ADDED];
    }
  }

  #adapt(windowEntries: number, mainEntries: number): void {
    const { control, controlDoubles } = this.#t;
    const { hits, added } = this.#clock;
    this.#share.adapt(hits[0] >>> 0, hits[1] >>> 0, windowEntries, mainEntries);
    controlDoubles[PERIOD_WINDOW_HITS] += hits[0] >>> 0;
    controlDoubles[PERIOD_MAIN_HITS] += hits[1] >>> 0;
    controlDoubles[PERIOD_ADDED] += added;
    control[POLICY_TIMED] = 0;
  }
}
