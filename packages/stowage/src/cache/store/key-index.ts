/**
 * From a key to its slot: an open-addressing hash table for strings and numbers, a Map for all other keys.
 *
 *     hash   ttttt ddddddddddd hhhhhhhhhhhhhhhh      (bits overlap once there are more than 2048 segments)
 *            tag   directory   home cell
 *     cell   tag (5 bits) | far (3 bits) | slot + 1 (24 bits)       0: empty
 *                           cells from home; 7: so many or more
 *
 * Why not a Map: deleting and adding keys makes V8 rehash a Map whole, 125 ms at a million entries, and each delete and
 * set costs two to four times what it costs here. So the table is cut into segments of 65,536 cells that a directory
 * finds by some bits of the hash (extendible hashing, Fagin et al. 1979): a full segment is split in two, which moves
 * 36,000 cells, half a millisecond's work, and touches no other. Most caches stay within one segment, and skip the
 * directory. Within a segment, linear probing at a load of at most 0.55, so that most lookups read one cell, or 0.3 while
 * the table is so small that the memory does not matter; a deletion moves later cells up (Knuth 6.4 R) and leaves no
 * tombstones. Cells say how far from home they are, so that a deletion need not fetch the hash of each later cell from
 * memory to learn which of them may move, and a look-up compares its key only with keys of the same home.
 *
 * Keys that collide on purpose: where PROBE_MAX cells in a row are taken, the key goes to the Map instead, whose hash
 * cannot be foreseen, so that no lookup probes without end. Where several keys of one hash meet, sampling the characters
 * was wrong for these keys: from then on strings are hashed whole, and old entries move over a few at a time.
 */
import { assert } from "../../base/assert.js";
import { type Entries, Page } from "./entries.js";
import { hashNumber, hashOther, isSampled, sampleText, wholeText } from "./key-hash.js";

/** What `find` needs to know of a cell, for shifts, whose bytecode is shorter than that of masks. An enum: see `Page`. */
enum Cell {
  /** Bits of a hash below those that choose a segment. */
  SEGMENT_BITS = 16,
  TAG_AT = 27,
  FAR_LENGTH = 3,
  SLOT_LENGTH = 24,
  ABOVE_SLOT = 8,
  /** In place of a slot: there is none. */
  ABSENT = -1,
}
const SEGMENT_CELLS = 1 << Cell.SEGMENT_BITS;
const FIRST_CELLS = 16;
/** The share of cells taken at which a segment is split, and at which the first one, while it is small, is doubled. */
const LOAD_MAX = 0.55;
const SMALL_LOAD_MAX = 0.3;
/** At load 0.55 chance makes two keys in a million go further than 64 cells, and none in a billion further than this. */
const PROBE_MAX = 128;
const TAG_BITS = 0xf8000000 | 0;
const FAR_BITS = 0x07000000;
const FAR_SHIFT = 24;
const FAR_ONE = 1 << FAR_SHIFT;
const FAR_MAX = 7;
const SLOT_BITS = 0x00ffffff;
/** At load 0.55 a run holds two equal tags now and then; four keys of one 32-bit hash do not happen by chance. */
const SAME_HASH_MAX = 4;
/** Entries moved per insertion while strings change over to whole hashes. */
const MIGRATION_STEP = 32;

/**
 * Bits of the hash that may tell segments apart: as many slots as there can be need nine or ten. No chance fills a segment
 * deeper than this, only keys that were made to.
 */
const DEPTH_MAX = 12;

interface Segment {
  readonly cells: Int32Array;
  /** Cells that may still be taken. */
  room: number;
  /** How many bits of the directory's index lead here. */
  readonly depth: number;
}

export class KeyIndex {
  /** The hash of the key that was last looked up, for the insertion that follows a miss. */
  lastHash = 0;
  readonly #entries: Entries<unknown, unknown>;
  /** The cells of each segment; `#segments` in parallel holds the rest. */
  #directory: Int32Array[] = [];
  /** The cells of the only segment, while there is no other: they are found without the directory. */
  #only: Int32Array | null = null;
  #segments: Segment[] = [];
  #directoryMask = 0;
  /** The key of the last miss, and its hash, while `#missing` says so. */
  #missed: unknown;
  #missedHash = 0;
  #missing = false;
  #cellMask = 0;
  readonly #aside = new Map<unknown, number>();
  /** A string may be elsewhere than in the table under the hash of a sample. */
  #special = false;
  #whole = false;
  /** While strings change over: slots from here on may stand under their sampled hash. */
  #migrated = Number.POSITIVE_INFINITY;

  constructor(entries: Entries<unknown, unknown>) {
    this.#entries = entries;
    this.clear();
  }

  /** The key's slot, or -1. */
  find(key: unknown): number {
    // Most keys are in their home cell, or it is empty: only that much is here, so that V8 inlines all of a `get`.
    if (typeof key !== "string" || this.#special) return this.#findSpecial(key);
    const hash = sampleText(key);
    this.lastHash = hash;
    const cells = this.#only ?? this.#directory[(hash >>> Cell.SEGMENT_BITS) & this.#directoryMask];
    const cell = cells[hash & this.#cellMask];
    if (cell === 0) return Cell.ABSENT;
    if (cell >>> Cell.SLOT_LENGTH === (hash >>> Cell.TAG_AT) << Cell.FAR_LENGTH) {
      const slot = ((cell << Cell.ABOVE_SLOT) >>> Cell.ABOVE_SLOT) - 1;
      const { only, pages } = this.#entries;
      const held =
        only === null ? pages[slot >>> Page.BITS][(slot << Page.BITS) >>> Page.REST] : only[slot << 1];
      if (held === key) return slot;
    }
    return this.#probe(hash, key);
  }

  /** A read just missed this key: a write of it, which often follows, need not look for it again. */
  rememberMiss(key: unknown): void {
    this.#missed = key;
    this.#missedHash = this.lastHash;
    this.#missing = true;
  }

  #forgetMiss(): void {
    this.#missed = undefined;
    this.#missing = false;
  }

  /** The same as `find`, for a verb that goes on to write. */
  findForWrite(key: unknown): number {
    if (!this.#missing || key !== this.#missed) return this.find(key);
    this.lastHash = this.#missedHash;
    return Cell.ABSENT;
  }

  /** Enters an absent key under the hash that `find` left in `lastHash`. */
  insert(key: unknown, slot: number, hash: number): void {
    this.#forgetMiss();
    if (!inTable(key)) this.#setAside(key, slot);
    else this.#place(hash, slot);
    if (this.#migrated < this.#entries.top) this.#migrate(MIGRATION_STEP);
  }

  /**
   * Before the entry's slot is freed; `hash` is the one that it was inserted with. Most keys need not be looked at, which
   * would mean to wait for memory where entries are evicted that nobody has asked for in a while.
   */
  remove(slot: number, hash: number): void {
    if (this.#unplace(hash, slot)) return;
    const known = this.#aside.delete(this.#entries.key(slot));
    assert(known, "index: a key to be removed is not there");
    this.#specialise();
  }

  clear(): void {
    this.#forgetMiss();
    this.#directory = [];
    this.#segments = [];
    this.#setSegments(0, 1, segmentOf(FIRST_CELLS, 0));
    this.#directoryMask = 0;
    this.#cellMask = FIRST_CELLS - 1;
    this.#aside.clear();
    this.#whole = false;
    this.#migrated = Number.POSITIVE_INFINITY;
    this.#specialise();
  }

  /** Bytes of the table itself, for `inspect`. */
  get bytes(): number {
    return new Set(this.#directory).size * (this.#cellMask + 1) * 4 + this.#directory.length * 16;
  }

  verify(): void {
    let cells = 0;
    for (const segment of new Set(this.#segments)) cells += this.#verifySegment(segment);
    assert(
      cells + this.#aside.size === this.#entries.size,
      "index: it holds more or fewer keys than there are",
    );
    for (let slot = 0; slot < this.#entries.top; slot++) {
      if (this.#entries.isFree(slot)) continue;
      assert(this.find(this.#entries.key(slot)) === slot, "index: a key does not lead to its slot");
    }
    assert(this.#special || (!this.#whole && this.#aside.size === 0), "index: some keys would be missed");
  }

  #probe(hash: number, key: unknown): number {
    const mask = this.#cellMask;
    const cells = this.#only ?? this.#directory[(hash >>> Cell.SEGMENT_BITS) & this.#directoryMask];
    let at = hash & mask;
    let wanted = hash & TAG_BITS;
    for (let cell = cells[at]; cell !== 0; cell = cells[at]) {
      if (((cell ^ wanted) & ~SLOT_BITS) === 0) {
        const slot = (cell & SLOT_BITS) - 1;
        if (this.#entries.key(slot) === key) return slot;
      }
      at = (at + 1) & mask;
      if ((wanted & FAR_BITS) !== FAR_BITS) wanted += FAR_ONE;
    }
    return Cell.ABSENT;
  }

  #findSpecial(key: unknown): number {
    this.lastHash = this.#hash(key);
    const slot = inTable(key) ? this.#probe(this.lastHash, key) : Cell.ABSENT;
    return slot === Cell.ABSENT ? this.#findAside(key) : slot;
  }

  #hash(key: unknown): number {
    if (typeof key === "string") return this.#whole ? wholeText(key) : sampleText(key);
    if (typeof key === "number" && !Number.isNaN(key)) return hashNumber(key);
    return hashOther(key);
  }

  /** In the Map, or, while strings change over, still under the hash of a sample. */
  #findAside(key: unknown): number {
    if (this.#aside.size > 0) {
      const slot = this.#aside.get(key);
      if (slot !== undefined) return slot;
    }
    return typeof key === "string" && this.#migrating() ? this.#probe(sampleText(key), key) : Cell.ABSENT;
  }

  #place(hash: number, slot: number): void {
    const segment = this.#segments[(hash >>> Cell.SEGMENT_BITS) & this.#directoryMask];
    if (segment.room === 0 && segment.depth === DEPTH_MAX) {
      this.#setAside(this.#entries.key(slot), slot);
      return;
    }
    if (segment.room === 0) {
      this.#grow(hash);
      this.#place(hash, slot);
      return;
    }
    const cells = segment.cells;
    const mask = this.#cellMask;
    let at = hash & mask;
    let same = 0;
    let probes = 0;
    for (; cells[at] !== 0; probes++) {
      if (((cells[at] ^ hash) & TAG_BITS) === 0) same++;
      if (probes === PROBE_MAX) {
        this.#setAside(this.#entries.key(slot), slot);
        return;
      }
      at = (at + 1) & mask;
    }
    cells[at] = (hash & TAG_BITS) | farBits(probes) | (slot + 1);
    segment.room--;
    if (same >= SAME_HASH_MAX) this.#suspect(hash, this.#entries.key(slot));
  }

  /** Several equal tags in one run: if the hashes are equal too, sampling does not tell these keys apart. */
  #suspect(hash: number, key: unknown): void {
    if (this.#whole || typeof key !== "string" || !isSampled(key)) return;
    const cells = this.#directory[(hash >>> Cell.SEGMENT_BITS) & this.#directoryMask];
    let same = 0;
    for (let at = hash & this.#cellMask; cells[at] !== 0; at = (at + 1) & this.#cellMask) {
      if (this.#entries.hashes.get((cells[at] & SLOT_BITS) - 1) === hash) same++;
    }
    if (same < SAME_HASH_MAX) return;
    this.#whole = true;
    this.#forgetMiss();
    this.#migrated = 0;
    this.#specialise();
  }

  #migrating(): boolean {
    return this.#migrated < this.#entries.top;
  }

  #migrate(steps: number): void {
    for (let step = 0; step < steps && this.#migrating(); step++) this.#rehash(this.#migrated++);
    if (!this.#migrating()) this.#migrated = Number.POSITIVE_INFINITY;
    this.#specialise();
  }

  #rehash(slot: number): void {
    if (this.#entries.isFree(slot)) return;
    const key = this.#entries.key(slot);
    if (typeof key !== "string" || !isSampled(key) || this.#aside.has(key)) return;
    const hash = wholeText(key);
    if (!this.#unplace(this.#entries.hashes.get(slot), slot)) return;
    this.#entries.hashes.set(slot, hash);
    this.#place(hash, slot);
  }

  #setAside(key: unknown, slot: number): void {
    this.#aside.set(key, slot);
    this.#specialise();
  }

  #specialise(): void {
    this.#special = this.#whole || this.#aside.size > 0;
  }

  /** False when the slot is not in the table. */
  #unplace(hash: number, slot: number): boolean {
    const segment = this.#segments[(hash >>> Cell.SEGMENT_BITS) & this.#directoryMask];
    const { cells } = segment;
    const mask = this.#cellMask;
    let at = hash & mask;
    while ((cells[at] & SLOT_BITS) !== slot + 1) {
      if (cells[at] === 0) return false;
      at = (at + 1) & mask;
    }
    this.#closeGap(cells, at);
    segment.room++;
    return true;
  }

  /** Moves later cells of the run up, each no further than its home, which is PROBE_MAX cells away at most. */
  #closeGap(cells: Int32Array, gap: number): void {
    const mask = this.#cellMask;
    let hole = gap;
    for (let at = (gap + 1) & mask; cells[at] !== 0; at = (at + 1) & mask) {
      const step = (at - hole) & mask;
      if (step > PROBE_MAX) break;
      const cell = cells[at];
      const far = this.#farFromHome(cell, at);
      if (far < step) continue;
      cells[hole] = (cell & ~FAR_BITS) | farBits(far - step);
      hole = at;
    }
    cells[hole] = 0;
  }

  #farFromHome(cell: number, at: number): number {
    const far = (cell & FAR_BITS) >>> FAR_SHIFT;
    return far < FAR_MAX ? far : (at - this.#entries.hashes.get((cell & SLOT_BITS) - 1)) & this.#cellMask;
  }

  /** Makes room in the segment of this hash: doubles it while it is the only one and small, else splits it. */
  #grow(hash: number): void {
    const at = (hash >>> Cell.SEGMENT_BITS) & this.#directoryMask;
    const old = this.#segments[at];
    if (old.cells.length < SEGMENT_CELLS) {
      this.#setSegments(0, 1, segmentOf(old.cells.length * 2, 0));
      this.#cellMask = old.cells.length * 2 - 1;
    } else this.#split(at, old);
    this.#refill(old.cells);
  }

  #split(at: number, old: Segment): void {
    if (1 << old.depth > this.#directoryMask) {
      this.#directory = this.#directory.concat(this.#directory);
      this.#segments = this.#segments.concat(this.#segments);
      this.#directoryMask = this.#directory.length - 1;
    }
    const step = 1 << old.depth;
    const first = at & (step - 1);
    this.#setSegments(first, step * 2, segmentOf(SEGMENT_CELLS, old.depth + 1));
    this.#setSegments(first + step, step * 2, segmentOf(SEGMENT_CELLS, old.depth + 1));
  }

  #setSegments(first: number, step: number, segment: Segment): void {
    for (let at = first; at < Math.max(1, this.#directory.length); at += step) {
      this.#directory[at] = segment.cells;
      this.#segments[at] = segment;
    }
    this.#only = this.#directory.length === 1 ? segment.cells : null;
  }

  #refill(cells: Int32Array): void {
    for (let at = 0; at < cells.length; at++) {
      if (cells[at] === 0) continue;
      const slot = (cells[at] & SLOT_BITS) - 1;
      this.#place(this.#entries.hashes.get(slot), slot);
    }
  }

  #verifySegment(segment: Segment): number {
    let used = 0;
    segment.cells.forEach((cell, at) => {
      if (cell === 0) return;
      used++;
      const home = this.#entries.hashes.get((cell & SLOT_BITS) - 1);
      const far = farBits((at - home) & this.#cellMask);
      assert((cell & FAR_BITS) === far, "index: a cell is wrong about how far from home it is");
    });
    assert(used + segment.room === roomOf(segment.cells.length), "index: a segment's count is wrong");
    assert(used < segment.cells.length, "index: a segment is full, a probe would not end");
    return used;
  }
}

function farBits(far: number): number {
  return Math.min(far, FAR_MAX) << FAR_SHIFT;
}

function inTable(key: unknown): key is string | number {
  return typeof key === "string" || (typeof key === "number" && !Number.isNaN(key));
}

function roomOf(cells: number): number {
  return Math.floor(cells * (cells < SEGMENT_CELLS ? SMALL_LOAD_MAX : LOAD_MAX));
}

function segmentOf(cells: number, depth: number): Segment {
  return { cells: new Int32Array(cells), room: roomOf(cells), depth };
}
