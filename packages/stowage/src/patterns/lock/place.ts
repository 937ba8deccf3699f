/**
 * Where locks stand: over any store that has leases and counters (store-locks.ts), or as a hash of Redis that one script changes
 * (redis-locks.ts). A place is dumb: waiting, renewal and the loss of a lock belong to those who stand on it (locks.ts).
 */

export type Taken =
  /** Greater than that of whoever had it before. */
  | { readonly isTaken: true; readonly fence: number }
  /** Somebody has it, for so long at the most unless he renews it; undefined: for a moment. */
  | { readonly isTaken: false; readonly leftMs: number | undefined };

export interface LockPlace {
  take(key: string, owner: string, ttlMs: number): Promise<Taken>;
  /** False: it is the owner's no more. */
  renew(key: string, owner: string, ttlMs: number): Promise<boolean>;
  /** False: it was the owner's no more. */
  release(key: string, owner: string): Promise<boolean>;
  close(): Promise<void>;
}
