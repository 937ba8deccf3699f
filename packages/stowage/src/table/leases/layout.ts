/**
 * Where leases stand in their shared memory: sets of 16 slots, a slot 16 words. The first hash of a key says its set.
 *
 *      0 STATE   generation (28 bits), kind (3 bits)     8-9   UNTIL (f64): table time, or Infinity
 *      1 MARK    writes of the key since then            10-11 SEQUENCE (f64): of the tags, when it was granted
 *      2 H1      3 H2    the key                         12    TAGS: how many tags of "nothing" follow
 *      4 OWNER   the attachment                          13-15, and 5-7: a list: their hashes (up to 3)
 *
 * Every change of STATE takes the next generation or ends the kind, so a token (slot and generation) is good once.
 */
export const SET_SLOTS = 16;
export const SLOT_WORDS = 16;
export const SET_WORDS = SET_SLOTS * SLOT_WORDS;

export const L_STATE = 0;
export const L_MARK = 1;
export const L_H1 = 2;
export const L_H2 = 3;
export const L_OWNER = 4;
/** Doubles, by their index from the slot's first double. */
export const LF_UNTIL = 4;
export const LF_SEQUENCE = 5;
export const L_TAGS = 12;
/** Of a lock, how many attachments wait for it; they are the list. */
export const L_QUEUE = 12;
export const LIST_WORDS: readonly number[] = [13, 14, 15, 5, 6, 7];
/** "Nothing" that bears more tags is not remembered. */
export const NOTHING_TAGS_MAX = 3;

export const KIND_FREE = 0;
/** Somebody loads the key. */
export const KIND_LOAD = 1;
/** A loader found nothing; remembered until UNTIL. */
export const KIND_NOTHING = 2;
/** A transaction works on the key. */
export const KIND_LOCK = 3;
export const KIND_BITS = 3;
export const KIND_MASK = 7;

/** 28 bits, so that STATE with its kind stays a positive number; 0 is never used. */
export const GENERATION_MAX = 2 ** 28 - 1;
/** Tokens are slot * this + generation. */
export const TOKEN_UNIT = 2 ** 28;

/** One slot for so many bytes of the table: a load lasts long compared to all else, but few run at one time. */
const BYTES_A_SLOT = 16 * 1024;
const SLOTS_MIN = 128;
const SLOTS_MAX = 4_096;

/** Keys that one commit takes; its record stands behind the slots. */
export const COMMIT_KEYS_MAX = 512;
const COMMIT_HEAD_WORDS = 16;
/** Hash, old location, new location, whether it changes. */
export const COMMIT_ENTRY_WORDS = 4;
/** Bucket, version. */
export const COMMIT_BUCKET_WORDS = 2;
export const COMMIT_ENTRIES_AT = COMMIT_HEAD_WORDS;
export const COMMIT_BUCKETS_AT = COMMIT_ENTRIES_AT + COMMIT_KEYS_MAX * COMMIT_ENTRY_WORDS;
const COMMIT_BYTES = (COMMIT_BUCKETS_AT + COMMIT_KEYS_MAX * COMMIT_BUCKET_WORDS) * 4;

/** Bytes of the memory of leases and commits, for a table of so many bytes. */
export function leasesBytes(memory: number): number {
  const wanted = Math.min(Math.max(memory / BYTES_A_SLOT, SLOTS_MIN), SLOTS_MAX);
  return 2 ** Math.floor(Math.log2(wanted)) * SLOT_WORDS * 4 + COMMIT_BYTES;
}

/** Where the commit's record begins, in bytes. */
export function commitAt(memory: SharedArrayBuffer): number {
  return memory.byteLength - COMMIT_BYTES;
}
