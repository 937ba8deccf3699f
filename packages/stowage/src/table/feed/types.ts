/** What followers of the change feed see. */
import type { Key } from "../types.js";

/**
 * `expire` is noted when the entry's memory is given back, which is some time after it expired. `clear` and `tag` are of
 * no one key: everything, or everything that bears the tag, has gone.
 */
export type ChangeKind = "set" | "delete" | "expire" | "evict" | "clear" | "tag";

/** One change of the table. */
export interface Change {
  /** Counts up by one with each change; exact up to 2^53. */
  readonly sequence: number;
  readonly kind: ChangeKind;
  /** The first 48 bytes of the key; empty for `clear`; for `tag` those of the tag's name. */
  readonly key: Buffer;
  /** How long the whole key is, in bytes. */
  readonly keyLength: number;
  /** Whether the key goes on after these bytes. */
  readonly truncated: boolean;
  /** The key's two hashes: two keys with both the same are one in 2^63. */
  readonly h1: number;
  readonly h2: number;
}

export interface FollowOptions {
  /** The sequence to begin behind: the `position` of an earlier follower of the same table. Default: now. */
  from?: number;
  /**
   * Only changes of keys that begin so, and those of no one key. Of a longer prefix than the 48 bytes that the feed keeps
   * of a key, these must fit: there may be changes of other keys among them.
   */
  prefix?: Key;
}

/**
 * Changes since the last read, in order; of one key, in the order in which they happened. Or `reset`: some were missed,
 * so anything may have changed; what comes next comes after that.
 */
export interface FeedBatch {
  readonly reset: boolean;
  readonly changes: readonly Change[];
}

/**
 * Follows the changes of a table, from any thread. Whoever keeps copies of values does so: follow first, then read; on
 * a change of a key, drop the copy, and a value that was read before the change was seen; on a reset, drop everything.
 *
 * Iterated with `for await`, it gives batches that are not empty, until it is closed. It keeps no process alive.
 */
export interface Follower extends AsyncIterable<FeedBatch>, Disposable {
  /** The sequence of the last change that was read, to go on from with another follower. */
  readonly position: number;
  /** The sequence of the last change that any thread has made; above `position` while there is something to read. */
  readonly latest: number;
  /** What there is, at most `limit` changes (default 1024); never waits. */
  read(limit?: number): FeedBatch;
  /** Blocks the thread until there is something to read; false when the time is up. */
  wait(timeoutMs: number): boolean;
  /** Ends iterations too. What is not followed by anybody costs the table nothing. */
  close(): void;
}
