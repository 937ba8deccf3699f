/**
 * What an eviction policy is: the one interface between the cache and the order in which entries leave it.
 *
 * The cache gives each entry a slot: a small dense integer, reused after the entry left. A policy keeps what it
 * needs in arrays indexed by slot, so it costs no object per entry and never sees a key or a value. It decides
 * nothing else: expiry, weights and bounds are the cache's, which asks for a victim when something has to go.
 *
 * How the cache calls it, in order:
 *
 *     resize(capacity)                      once before use, and on each change of the bound
 *     reserve(slots)                        before any slot >= the last number given is used
 *     added(slot, hash)                     a new entry took the slot
 *     hit(slot) | written(slot)             any number of times while the entry stays
 *     removed(slot, hash)                   it left: evicted, deleted, expired, whatever
 *
 *     at the bound, for a new key:  v = victim(); removed(v, hash of v); added(slot, hash)      where slot may be v again
 *
 * What the cache may rely on, and `policySuite` of `stowage/testing` checks:
 *
 * - victim() names a slot that was added and not removed since, every time, in any state with entries.
 * - victim() does not remove: the entry is there until removed(slot). Asked twice it may repeat itself or not.
 * - A slot that is added again is a new entry: nothing of its predecessor may show.
 * - No call allocates per entry or takes time in proportion to the number of entries, victim() included: a scan
 *   has to be bounded. (Growing in reserve() is the exception, and should copy no more than about 1 MB a call.)
 * - Nothing throws. hit() runs on each read and should do next to nothing.
 *
 * A policy serves one cache at a time. The shortest complete example is the FIFO policy in ./fifo.ts.
 */
export interface Policy {
  /** What `cache.inspect()` and the simulator call it. */
  readonly name: string;

  /**
   * The number of entries there is room for; Infinity when only weight, or nothing, bounds the cache. Entries may be
   * more for a moment (after a bound shrank, under a scheduled bound) and are then evicted one by one.
   */
  resize(capacity: number): void;

  /**
   * Slots 0 to slots - 1 may be used from now on. Never takes a slot back: a smaller number than before may be ignored.
   * The cache calls it in small steps as it grows, so grow by more than asked for.
   */
  reserve(slots: number): void;

  /** A new entry took the slot. `hash` is a 32-bit integer, signed or not, the same whenever the same key comes back. */
  added(slot: number, hash: number): void;

  /** A read found the entry. */
  hit(slot: number): void;

  /** The entry's value was replaced, or it was touched. */
  written(slot: number): void;

  /** The entry left, for any reason; the slot may be added again at once. `hash` is its key's hash as it is now. */
  removed(slot: number, hash: number): void;

  /** The slot that should go next. Only asked while there are entries. */
  victim(): number;

  /** All entries left at once. What was remembered of earlier ones has to go as well. */
  clear(): void;

  /** Throws unless the policy's structures hold exactly these occupied slots, each once, in any order given. */
  verify?(slots: readonly number[]): void;
}
