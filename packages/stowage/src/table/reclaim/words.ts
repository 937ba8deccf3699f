/**
 * Reclaim's words in the control buffer, and the size of the history, which has a buffer of its own (parts.policy).
 *
 *     busy, open segments, visited    what the holder of the reclaim lock is at, for who takes over from a dead one
 *     settled, now, timed, period     the policy's: time, and the counts of all threads when this period began
 *     share                           the window's, as cache/policy/tiny-lfu/window-share.ts keeps it
 *     janitor                         whose turn it is to come by every so often, and until when
 *
 * Invariant: all but the janitor's are touched only under the reclaim lock, one word after the other, and what they say is
 * of use after each store.
 */
import { cellsFor } from "../../cache/policy/tiny-lfu/history.js";
import { C_RECLAIM_WORDS } from "../memory/layout.js";

/** 1 while somebody holds the lock, or died with it. */
export const BUSY = C_RECLAIM_WORDS;
/** The segment whose items are looked at for expiry, + 1. */
export const VISITED = C_RECLAIM_WORDS + 1;
/** The policy's time while what is main without a score was written: it stands still until something has to go. */
export const POLICY_FILLED = C_RECLAIM_WORDS + 2;
/** Open segments of reclaim's own, + 1: by log, then by log the outputs of cleaning. */
export const OPEN_SEGMENTS = C_RECLAIM_WORDS + 4;
export const CLEANED = 2;
export const OPENS = 4;
/** 0 until the first eviction: everything is main. */
export const POLICY_SETTLED = C_RECLAIM_WORDS + 8;
/** The policy's time, 16 bits. */
export const POLICY_NOW = C_RECLAIM_WORDS + 9;
/** Requests of this period that the time includes. */
export const POLICY_TIMED = C_RECLAIM_WORDS + 10;
/** Owner number of the attachment that is the janitor. */
export const JANITOR_OWNER = C_RECLAIM_WORDS + 11;

/** Doubles; the numbers are indices of doubles, not of words. */
const DOUBLES = C_RECLAIM_WORDS / 2 + 16;
/** Hits of window and main, and additions, of all threads ever, when this period began. */
export const PERIOD_WINDOW_HITS = DOUBLES;
export const PERIOD_MAIN_HITS = DOUBLES + 1;
export const PERIOD_ADDED = DOUBLES + 2;
/** Until when the janitor's turn lasts, in the table's time. */
export const JANITOR_UNTIL = DOUBLES + 3;
/** SHARE_NUMBERS doubles. */
export const POLICY_SHARE = DOUBLES + 4;

/**
 * Bytes of memory to a cell of 4 bytes: about an entry of 100 bytes with its share of the index. So the history takes 3 %
 * of the memory at most, and a table of smaller entries remembers fewer keys than it holds.
 */
const MEMORY_TO_A_CELL = 128;
const CELL_BYTES = 4;

/** Bytes of the history's buffer: a cell for each of `max` entries, as long as the memory is large enough for so many. */
export function historyBytes(memory: number, max: number): number {
  const most = 2 ** Math.floor(Math.log2(memory / MEMORY_TO_A_CELL));
  return CELL_BYTES * (max < most ? cellsFor(max) : most);
}
