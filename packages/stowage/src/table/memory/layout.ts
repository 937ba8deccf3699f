/**
 * Where everything stands in the shared memory: the one place for offsets, bits and sizes.
 *
 *     control   one buffer: header words, thread records                                    Int32 words
 *     segments  one buffer: the segment table, 16 words a segment                           Int32 words
 *     index     buffers of 1 GiB at most: buckets of 16 words, heads from the start, overflow buckets from the end
 *     banks     buffers of 1 GiB at most: segments of items
 *     parts     a buffer each for the feed, tags, leases, the eviction policy's history
 *
 * Typed arrays end at 4 GiB on Node 20, and small integers are fastest, hence the banks. Everything begins as zeros,
 * which is what the system gives without touching memory.
 */

/** Counts changes of this layout: threads with another one may not attach. */
export const LAYOUT = 1;
export const MAGIC = 0x57_4f_54_53;

/** A bank is 1 GiB: 2^27 units of 8 bytes, 2^28 words. */
export const BANK_BYTES = 2 ** 30;
export const BANK_UNIT_BITS = 27;
export const BANK_UNIT_MASK = 2 ** 27 - 1;
/** Buckets of 64 bytes in an index buffer of 1 GiB. */
export const INDEX_BANK_BITS = 24;
export const INDEX_BANK_MASK = 2 ** 24 - 1;

/* ---- control: words ---- */

export const C_MAGIC = 0;
export const C_LAYOUT = 1;
/** The segment size's power of two. */
export const C_SEGMENT_BITS = 2;
/** Segments that the banks hold. */
export const C_SEGMENTS = 3;
export const C_THREADS = 4;
export const C_VALUE_MAX = 5;
/** Buckets that the index holds, heads and overflow together. */
export const C_BUCKETS_MAX = 6;
export const C_EVICT = 7;
/** What the hash of keys is salted with. */
export const C_SEED = 8;
export const C_FEED = 9;
export const C_JANITOR_MS = 10;

/** Constants that are doubles; the numbers are indices of doubles, not of words. */
export const CF_MEMORY = 8;
/** Entries at most, or Infinity. */
export const CF_MAX = 9;
/** Default time to live, or 0. */
export const CF_TTL = 10;
/** The clock's reading that is the table's moment 0. */
export const CF_ORIGIN = 11;
/** Bytes for segments and buckets together: memory without bookkeeping. */
export const CF_DATA_BYTES = 12;
/** Milliseconds since 1970 when it was made. */
export const CF_CREATED = 13;
/** Milliseconds since 1970 when statistics were last reset. */
export const CF_RESET = 14;

/** Head buckets in use; each word below has a cache line of its own where threads write often. */
export const C_BUCKETS = 32;
/** Followers and leases that want to be told of changes; 0: nobody. */
export const C_WATCHERS = 48;
/** Entries that `max` has been granted to. */
export const C_RESERVED = 64;
/** Segments that are not free. Written under the segment lock. */
export const C_SEGMENTS_USED = 80;
/** No segment with a lower id is free. */
export const C_SEGMENT_HINT = 81;
/** Ids from here on were never used. */
export const C_SEGMENT_HIGH = 82;
/** The next order in the window's log; main's stands behind it. */
export const C_SEQ_WINDOW = 83;
/** The lowest overflow bucket ever used; they are handed out downwards. */
export const C_OVERFLOW_LOW = 96;
/** About how many overflow buckets above it are free. */
export const C_OVERFLOW_FREE = 97;
export const C_OVERFLOW_HINT = 98;
/** Named locks: 0, or the owner's thread number + 1. */
export const C_LOCKS = 112;
export const LOCK_SEGMENTS = C_LOCKS;
export const LOCK_RECLAIM = C_LOCKS + 1;
export const LOCK_COMMIT = C_LOCKS + 2;
export const LOCK_TAGS = C_LOCKS + 3;
export const LOCK_LEASES = C_LOCKS + 4;
export const LOCKS = 5;
/** Counts attachments; the owner number of each is unique. */
export const C_ATTACHED = 128;
/** Dead threads whose locks and segments were taken over. */
export const C_TAKEOVERS = 129;
/** Counts beginnings and ends of `clear`. */
export const C_CLEARS = 130;
/** Records from here on were never used. */
export const C_RECORDS_HIGH = 131;
/** 128 words for reclaim: zeroed, 8-aligned. */
export const C_RECLAIM_WORDS = 144;
/** Baselines of the statistics, one double each: what `resetStats` subtracts. */
export const CF_BASELINE = 256;
export const C_RECORDS = 640;

/* ---- thread records ---- */

export const RECORD_WORDS = 128;
/** The first record is for a thread that finds all others taken and has to look which of their owners are gone. */
export const SPARE_RECORDS = 1;
/** FREE, LIVE, GONE (told by `watch`), CLAIMED + the system's id of the thread, or REAPED_BY + number of who takes over. */
export const R_STATE = 0;
export const R_NODE_THREAD = 1;
/** The system's id of the thread; 0 where it cannot be known. */
export const R_OS_THREAD = 2;
/** Unique number of this attachment: over 0, never reused. */
export const R_OWNER = 3;
/** When the system's thread started (double at word 4), against reuse of its id. */
export const RF_START = 2;
/** The bucket that is or was last locked, + 1, and its version before. Meaningful while its lock word is ours. */
export const R_BUCKET = 6;
export const R_VERSION = 7;
/** What the holder of the lock is about to do: STEP_*; `R_OLD` and `R_NEW` are the locations concerned. */
export const R_STEP = 8;
export const R_OLD = 9;
export const R_NEW = 10;
/** The generation of OLD's segment: when it is another one, OLD was buried and its segment used anew. */
export const R_OLD_GENERATION = 11;
/** Entries of this thread's account after the step (double at word 14). */
export const RF_COUNT_AFTER = 7;
/** Stored to for its order alone. */
export const R_FENCE = 12;
/** Places of `max` that this thread has taken and not linked yet, or unlinked and not given back yet. */
export const R_PENDING = 13;
/** Statistics: doubles from word 32 on. */
export const RF_STATS = 16;

export const STATE_FREE = 0;
export const STATE_LIVE = 1;
export const STATE_GONE = 2;
export const STATE_REAPED_BY = 0x100;
/** While the record is filled in. The system's ids end at 2^22. */
export const STATE_CLAIMED = 0x4000_0000;

export const STEP_NONE = 0;
/** A slot is being made to point to NEW, in place of OLD (0: none). */
export const STEP_LINK = 1;
/** The slot of OLD is being emptied. */
export const STEP_UNLINK = 2;
/** The bucket is being split. */
export const STEP_SPLIT = 3;

/* ---- segment table ---- */

export const SEGMENT_WORDS = 16;
export const SEGMENT_WORD_BITS = 4;
export const S_STATE = 0;
/** Thread number + 1 of the one that appends; 0 when sealed. */
export const S_OWNER = 1;
export const S_LOG = 2;
/** Its place in its log; compared modulo 2^32. */
export const S_SEQ = 3;
/** Committed bytes from the segment's start, the first unit included. */
export const S_END = 4;
/** Bytes of items that are not dead. While the segment is open: only what was taken off, so zero or less. */
export const S_LIVE = 5;
/** How far reclaim has looked through it, in bytes from its start. */
export const S_CURSOR = 6;
/** The segment that a long item goes on in, + 1. */
export const S_NEXT = 7;
/** The earliest deadline in it in units of 64 ms, rounded down; 0: none. */
export const S_EARLIEST = 8;
/** Double at words 10 and 11: reclaim's. */
export const SF_NEXT_VISIT = 5;
/** Counts how often it was used anew. */
export const S_GENERATION = 12;
/** Reclaim's. */
export const S_TURN_END = 13;
/** When it was opened (double at word 14). */
export const SF_OPENED = 7;

export const SEGMENT_FREE = 0;
export const SEGMENT_OPEN = 1;
export const SEGMENT_SEALED = 2;
/** The continuation of a long item; found by NEXT only. */
export const SEGMENT_CHAINED = 3;

export const LOG_WINDOW = 0;
export const LOG_MAIN = 1;

/** The first unit of a segment stays empty, so that location 0 is nobody's. */
export const SEGMENT_HEAD_BYTES = 8;
export const DEADLINE_UNIT_MS = 64;

/* ---- buckets ---- */

export const BUCKET_BYTES = 64;
export const BUCKET_WORD_BITS = 4;
export const BUCKET_WORDS = 16;
/** Version or lock in a head bucket; in an overflow bucket its chain's head + 1, or 0 when it is free. */
export const B_VERSION = 0;
/** Seven counters of 4 bits, the first slot's lowest. */
export const B_COUNTERS = 1;
/** Slots: (tag, location) pairs. */
export const B_SLOTS = 2;
/** The last slot's tag when it holds the id of an overflow bucket instead of a location. Items' tags are not negative. */
export const LINK_TAG = -1;
export const B_LAST_TAG = 14;
export const COUNTER_MAX = 15;
/** A lock word: the sign bit and the owner's thread number. */
export const LOCKED = 0x8000_0000 | 0;
export const VERSION_MASK = 0x7fff_ffff;
export const HASH_MASK = 0x7fff_ffff;

/* ---- items ---- */

export const ITEM_HEAD_BYTES = 16;
/** Words of the head. */
export const I_INFO = 0;
export const I_VALUE_LENGTH = 1;
/** The version of the write; 0 until it is linked. */
export const I_VERSION = 2;
/** User flags in bits 0-7, reclaim's in bits 8-15, the policy's score in bits 16-31. */
export const I_EXTRA = 3;
export const I_KEY = 4;

export const KEY_LENGTH_MASK = 0x1_ffff;
export const KEY_BYTES_MAX = 65_536;
export const DEAD = 1 << 17;
export const TIMED = 1 << 18;
export const TAGGED = 1 << 19;
/** Bytes 0, double 1, 64-bit integer 2. Doubles hold counters that are safe integers too. */
export const KIND_MASK = 3 << 20;
export const KIND_DOUBLE = 1 << 20;
export const KIND_INTEGER = 2 << 20;
/** The item stands alone in its segment and goes on in others. */
export const JUMBO = 1 << 22;
/** The value begins at a multiple of 8: the engine copies shared memory by the byte if both sides are not aligned alike. */
export const ALIGNED = 1 << 23;
/** From here on the four bytes that this may cost are nothing, and copying by the engine beats a loop. */
export const ALIGNED_FROM_BYTES = 512;
/** What puts something between key and value, or wants the value 8-aligned. */
export const EXTRAS = TIMED | TAGGED | KIND_MASK | ALIGNED;
export const TIMED_BYTES = 16;
/** Sequence (double), number of tags (Int32), 0; then 8 bytes a tag. */
export const TAGGED_BYTES = 16;
export const TAGS_MAX = 255;
export const FLAGS_MASK = 0xff;
/** What an overwrite takes over of the old item's word: reclaim's bits and the score. */
export const POLICY_MASK = 0xffff_ff00 | 0;
/** Reclaim's bit: the item that this one replaces was in main. */
export const HOME = 1 << 9;
