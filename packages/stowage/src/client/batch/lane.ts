/**
 * The order of one key's operations.
 *
 * Operations of a key are done in the order in which they were called. In one batch the order of the batch sees to that.
 * Batches may overtake each other, though: they go over several connections, and are repeated after failures. So an
 * operation does not leave while one that it must not overtake is under way in another batch:
 *
 *     a read waits for writes;  a write waits for writes and reads;  reads do not wait for reads
 *
 * It is held, and with it all later ones of its key, until those have been answered or have failed. Operations of other
 * keys are not held up. Rejected: one batch at a time (all keys wait for the slowest), and a connection for each key (as
 * many connections as the pool has would be needed in a row, and repeated batches would still overtake).
 *
 *     called ──> held? ──> open (in the batch that is being filled) ──> sent ──> done
 */
import type { Operation } from "../wire/operation.js";
import type { Pending } from "./pending.js";

export class Lane {
  /** In the batch that is being filled. */
  open = 0;
  sentReads = 0;
  sentWrites = 0;
  readonly held: Pending[] = [];
  /** Reads that others may share: no write was called after them. */
  #reads: Pending[] = [];

  constructor(readonly key: string) {}

  get isEmpty(): boolean {
    return this.open === 0 && this.sentReads === 0 && this.sentWrites === 0 && this.held.length === 0;
  }

  /** Whether it would overtake what was sent. */
  isBlocked({ isRead }: Operation): boolean {
    return this.sentWrites > 0 || (!isRead && this.sentReads > 0);
  }

  mustHold(operation: Operation): boolean {
    return this.held.length > 0 || this.isBlocked(operation);
  }

  /** Takes note of a new operation: what was read before a write is not for those who ask after it. */
  called(pending: Pending): void {
    if (pending.operation.isRead) this.#reads.push(pending);
    else if (this.#reads.length > 0) this.#reads = [];
  }

  /**
   * The same read under way.
   *
   * @param sentSinceMs one that was sent before may bring what has been out of date for long
   */
  readLike(operation: Operation, timeoutMs: number, sentSinceMs: () => number): Pending | undefined {
    for (const read of this.#reads) {
      if (read.operation.text !== operation.text || read.timeoutMs !== timeoutMs || read.isDropped) continue;
      if (read.sentAtMs === undefined) return read;
      if (operation.isFresh !== true && read.sentAtMs >= sentSinceMs()) return read;
    }
    return undefined;
  }

  /** Its batch gets no more: it is as good as sent. */
  sealed({ operation }: Pending): void {
    this.open--;
    if (operation.isRead) this.sentReads++;
    else this.sentWrites++;
  }

  /** It was sent, and has been answered or has failed. */
  done(pending: Pending): void {
    if (pending.operation.isRead) this.sentReads--;
    else this.sentWrites--;
  }

  /** Nobody can share it any more. */
  forget(pending: Pending): void {
    const at = this.#reads.indexOf(pending);
    if (at >= 0) this.#reads.splice(at, 1);
  }
}
