/**
 * A bounded first-in-first-out set of 32-bit hashes: the keys that S3-FIFO evicted lately.
 *
 * A set of the language would rehash as a whole now and then, and hold up the event loop for as long as that takes with
 * a million hashes. This is a hash table that splits one bucket per insertion instead (linear hashing, Litwin '80), over
 * chunked arrays:
 *
 *     buckets   hash & mask -> first place of a chain (place + 1; 0 where empty)
 *     places    hash, next of the chain, and links of age order; free places are chained by the same `next`
 *
 * 20 bytes a hash. Grows to the largest bound it was given, never shrinks; to empty it, make a new one. Distinct keys of one hash are one here.
 */
import { assert } from "../../base/assert.js";
import { SlotInts } from "../store/chunks.js";
import { NONE, SlotLinks, SlotList } from "./slot-list.js";

const FIRST_BUCKETS = 16;

export class GhostQueue {
  readonly #links = new SlotLinks();
  readonly #ages = new SlotList(this.#links);
  readonly #hashes = new SlotInts();
  readonly #next = new SlotInts();
  readonly #buckets = new SlotInts();
  /** Buckets in use; grows by one split at a time from one power of two to the next. */
  #bucketCount = FIRST_BUCKETS;
  #bucketMask = FIRST_BUCKETS - 1;
  #places = 0;
  #free = NONE;

  constructor() {
    this.#buckets.reserve(FIRST_BUCKETS);
  }

  get length(): number {
    return this.#ages.length;
  }

  /** Adds a hash as the youngest; the oldest go until at most `max` are left, two at a time where the bound shrank. */
  add(hash: number, max: number): void {
    this.take(hash);
    for (let dropped = 0; dropped < 2 && this.#ages.length >= max && this.#ages.length > 0; dropped++) {
      this.take(this.#hashes.get(this.#ages.oldest));
    }
    if (max > 0) this.#insert(hash | 0);
  }

  /** Is the hash known? Then it is forgotten now. */
  take(hash: number): boolean {
    const bucket = this.#bucketOf(hash | 0);
    let before = NONE;
    for (let place = this.#buckets.get(bucket) - 1; place !== NONE; place = this.#next.get(place) - 1) {
      if (this.#hashes.get(place) === (hash | 0)) {
        this.#remove(place, before, bucket);
        return true;
      }
      before = place;
    }
    return false;
  }

  verify(): void {
    const seen = new Set<number>();
    for (const place of this.#ages.verified()) {
      const hash = this.#hashes.get(place);
      assert(!seen.has(hash), `ghost hash ${hash} is queued twice`);
      seen.add(hash);
      assert(this.#chained(place), `ghost hash ${hash} is queued and not in its chain`);
    }
  }

  #chained(wanted: number): boolean {
    let place = this.#buckets.get(this.#bucketOf(this.#hashes.get(wanted))) - 1;
    while (place !== NONE && place !== wanted) place = this.#next.get(place) - 1;
    return place === wanted;
  }

  #insert(hash: number): void {
    if (this.#ages.length >= this.#bucketCount) this.#split();
    const place = this.#takePlace();
    this.#hashes.set(place, hash);
    this.#push(this.#bucketOf(hash), place);
    this.#ages.addNewest(place);
  }

  #remove(place: number, before: number, bucket: number): void {
    const next = this.#next.get(place);
    if (before === NONE) this.#buckets.set(bucket, next);
    else this.#next.set(before, next);
    this.#ages.remove(place);
    this.#next.set(place, this.#free + 1);
    this.#free = place;
  }

  #takePlace(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#next.get(free) - 1;
      return free;
    }
    const place = this.#places++;
    this.#links.reserve(this.#places);
    this.#hashes.reserve(this.#places);
    this.#next.reserve(this.#places);
    return place;
  }

  #push(bucket: number, place: number): void {
    this.#next.set(place, this.#buckets.get(bucket));
    this.#buckets.set(bucket, place + 1);
  }

  /** A bucket that was not split yet in this round goes by the shorter mask. */
  #bucketOf(hash: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
    const bucket = (mixed ^ (mixed >>> 15)) & this.#bucketMask;
    return bucket < this.#bucketCount ? bucket : bucket & (this.#bucketMask >>> 1);
  }

  /** Adds one bucket, and shares out the chain of the one that covered its hashes so far. */
  #split(): void {
    const added = this.#bucketCount++;
    if (added > this.#bucketMask) this.#bucketMask = this.#bucketMask * 2 + 1;
    this.#buckets.reserve(this.#bucketCount);
    const old = added & (this.#bucketMask >>> 1);
    let place = this.#buckets.get(old) - 1;
    this.#buckets.set(old, 0);
    while (place !== NONE) {
      const next = this.#next.get(place) - 1;
      this.#push(this.#bucketOf(this.#hashes.get(place)), place);
      place = next;
    }
  }
}
