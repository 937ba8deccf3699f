/**
 * Moves entries, and drops them.
 *
 * A move is a copy that nobody sees, and then one change of the slot under its bucket's lock, which fails if the entry was
 * written, moved or removed meanwhile. An item that fills segments of its own (jumbo) stays where it is: its head segment
 * gets another place in the order.
 */
import * as moves from "../directory/moves.js";
import * as items from "../log/items.js";
import * as segments from "../log/segments.js";
import {
  LOG_MAIN,
  LOG_WINDOW,
  S_CURSOR,
  S_LOG,
  S_SEQ,
  S_TURN_END,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import { CHANGE_EVICT, CHANGE_EXPIRE, type TableState } from "../state.js";
import { stat } from "../threads/stats.js";
import type { LookedAt } from "./item.js";
import type { LiveBytes } from "./live-bytes.js";
import type { OwnSegments } from "./own-segments.js";
import type { TablePolicy } from "./policy.js";

const COPIED_ITEMS = stat("copiedItems");
const COPIED_BYTES = stat("copiedBytes");

export class Mover {
  readonly #t: TableState;
  readonly #policy: TablePolicy;
  readonly #live: LiveBytes;
  readonly #own: OwnSegments;

  constructor(t: TableState, policy: TablePolicy, live: LiveBytes, own: OwnSegments) {
    this.#t = t;
    this.#policy = policy;
    this.#live = live;
    this.#own = own;
  }

  /** What has been copied so far is in segments that may change their log. */
  sealOwn(): void {
    this.#own.sealAll();
  }

  /** To the end of a log. False if there is no room to copy it to. An entry that was changed meanwhile is left alone. */
  carry(item: LookedAt, log: number): boolean {
    if (item.isJumbo) return this.#placeJumbo(item, log, segments.nextSeq(this.#t, log));
    return this.#place(item, log, this.#own.carry(item.location, item.bytes, log));
  }

  /** From the window to main. False if there is no room to copy it to. */
  admit(item: LookedAt): boolean {
    item.countFirst();
    return this.carry(item, LOG_MAIN);
  }

  /** The same, to a place amid main's order, or thereabouts: the outputs of cleaning have such places. */
  admitAmid(item: LookedAt, seq: number): boolean {
    item.countFirst();
    if (item.isJumbo) return this.#placeJumbo(item, LOG_MAIN, seq);
    return this.#place(item, LOG_MAIN, this.#own.clean(item.location, item.bytes, LOG_MAIN, seq));
  }

  /** Out of a segment that is being cleaned. To the policy nothing happens. */
  clean(item: LookedAt, seq: number): boolean {
    const copy = this.#own.clean(item.location, item.bytes, item.log, seq);
    if (copy === 0) return false;
    this.#relocate(item, copy);
    return true;
  }

  /** False if the entry was changed meanwhile. */
  evict(item: LookedAt): boolean {
    return this.#drop(item, CHANGE_EVICT);
  }

  expire(item: LookedAt): boolean {
    return this.#drop(item, CHANGE_EXPIRE);
  }

  #drop(item: LookedAt, cause: typeof CHANGE_EVICT | typeof CHANGE_EXPIRE): boolean {
    if (!moves.unlinkIf(this.#t, item.hash, item.location, cause)) return false;
    item.pour();
    if (item.log === LOG_WINDOW) item.countFirst();
    this.#policy.remember(item.hash, item.score);
    this.#live.gone(item.log, item.bytes);
    return true;
  }

  #relocate(item: LookedAt, copy: number): boolean {
    if (!moves.relocate(this.#t, item.hash, item.location, copy)) return false;
    this.#t.own[COPIED_ITEMS]++;
    this.#t.own[COPIED_BYTES] += item.bytes;
    return true;
  }

  /** Makes the copy the entry's item, with its score, and not read since. */
  #place(item: LookedAt, log: number, copy: number): boolean {
    if (copy === 0) return false;
    item.writeScore(items.wordsOf(this.#t, copy), items.wordAt(copy));
    if (!this.#relocate(item, copy)) return true;
    moves.clearUse(this.#t, item.hash, copy);
    if (item.log !== log) this.#live.admitted(item.bytes);
    return true;
  }

  #placeJumbo(item: LookedAt, log: number, seq: number): boolean {
    const { segments: words } = this.#t;
    const at = item.segment << SEGMENT_WORD_BITS;
    if (item.log !== log) this.#live.admitted(item.bytes);
    item.writeScore(item.words, item.at);
    moves.clearUse(this.#t, item.hash, item.location);
    words[at + S_LOG] = log;
    words[at + S_SEQ] = seq;
    words[at + S_CURSOR] = 0;
    words[at + S_TURN_END] = 0;
    return true;
  }
}
