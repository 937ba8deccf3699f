/**
 * The memory of the change feed: a header, counts by thread, and a ring of slots, in a SharedArrayBuffer of its own.
 *
 *     word  0-1   HEAD       the sequence that the next change gets (64 bits; a line of its own, all writers add to it)
 *          16     SIGNAL     changes when a sleeping follower is to look again
 *          17     SLEEPERS   followers that sleep on SIGNAL
 *          18     FOLLOWERS  followers there are, and GAP_PENDING
 *          19     CAPACITY   slots, a power of two
 *          20     THREADS    threads that counts are kept for
 *          32     two counts a thread: its followers, its sleepers; so that those of a dead one can be taken off
 *          ..     slots, 16 words each, one cache line: the change with sequence s is in slot s mod CAPACITY
 *
 *     slot  0     STAMP      state 2 | thread 8 | lap 22: whose the slot is, and which time round
 *           1     kind 8 | length of the key 24
 *           2-3   both hashes
 *           4-15  the first 48 bytes of the key
 *
 * A lap is s / CAPACITY. 22 bits of it tell apart what can meet in a slot: a reader looks at HEAD first, so a slot would
 * have to go round four million times between two of its loads to be mistaken.
 */
export const header = {
  HEAD: 0,
  SIGNAL: 16,
  SLEEPERS: 17,
  FOLLOWERS: 18,
  CAPACITY: 19,
  THREADS: 20,
} as const;
export const countsAt = 32;
export const slotWords = 16;
export const slot = { STAMP: 0, WHAT: 1, H1: 2, H2: 3, KEY: 4 } as const;
export const keyBytesKept = (slotWords - slot.KEY) * 4;

/** A thread's number has 8 bits in the stamp; the highest stands for none. */
export const noThread = 255;

export const changeKind = { set: 1, delete: 2, expire: 3, evict: 4, clear: 5, tag: 6 } as const;
export const kindNames = ["", "set", "delete", "expire", "evict", "clear", "tag"] as const;

/** Set while followers are there, but nobody has yet marked that changes before them went unnoted. */
export const gapPending = 1 << 30;

export const state = { empty: 0, published: 1, busy: 2, lost: 3 } as const;
const lapBits = 22;
const lapMask = 2 ** lapBits - 1;

export function stampOf(slotState: number, thread: number, lap: number): number {
  return (slotState << 30) | (thread << lapBits) | (lap & lapMask);
}

export function stateOf(stamp: number): number {
  return stamp >>> 30;
}

export function threadOf(stamp: number): number {
  return (stamp >>> lapBits) & 0xff;
}

export function lapOf(stamp: number): number {
  return stamp & lapMask;
}

/** How many laps `lap` is ahead of the stamp; negative when the stamp is ahead. Laps wrap around. */
export function lapsBehind(stamp: number, lap: number): number {
  const ahead = (lap - lapOf(stamp)) & lapMask;
  return ahead > lapMask >>> 1 ? ahead - lapMask - 1 : ahead;
}

/** Bytes of the buffer for so many slots and threads. */
export function ringBytes(capacity: number, threads: number): number {
  return (slotsAt(threads) + capacity * slotWords) * 4;
}

/** The word where the slots begin: on a cache line. */
export function slotsAt(threads: number): number {
  return countsAt + Math.ceil((threads * 2) / slotWords) * slotWords;
}
