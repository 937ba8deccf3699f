/**
 * What tiers ask of a place that outlives the process: Redis, a database, a file, a server. A store is small and dumb: it keeps
 * bytes under keys for a time, and grants leases. Frames, tags, deadlines, breakers and statistics belong to those who
 * stand on it (tiered/), so that they are the same for every store.
 *
 * A store says what it can in its `abilities`; the conformance suite (`storeSuite` of `stowage/testing`) tests what is said, and
 * that the rest is absent.
 */

export interface StoreAbilities {
  /** For errors, events and statistics: `redis`. */
  readonly name: string;
  /** Whether other processes see what is written. */
  readonly shared: boolean;
  /** Whether it outlives the process. */
  readonly persistent: boolean;
  /** `lease`, `fill` and `release` are there: one loader among all who share the store. */
  readonly leases: boolean;
  /** `incr` is there. */
  readonly counters: boolean;
  /** `scan` is there. */
  readonly scans: boolean;
  /** The longest key, in bytes of UTF-8; Infinity: any. */
  readonly keyBytesMax: number;
  /** The longest value, in bytes. */
  readonly valueBytesMax: number;
}

export interface StoreCall {
  /** Aborted when the deadline is over, or the caller gave up. What was sent may have been done. */
  readonly signal: AbortSignal;
  /**
   * Whoever calls ends his call by himself when the signal aborts, and has not begun it with one that has: a store need not listen,
   * which takes as long as a third of a small request, unless it could still leave something undone.
   */
  readonly endsItself?: boolean;
}

export interface StoreEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** After this time it is gone; null: it stays. Whole milliseconds, at least 1. */
  readonly ttlMs: number | null;
}

/** A lease ends when its key is set, deleted or filled, when it is given back, or when its time is over. */
export type StoreLease =
  /** The right to fill the key; `bytes`: the old value, if there is one. */
  | { readonly kind: "granted"; readonly token: string; readonly bytes: Uint8Array | undefined }
  /** Somebody else has it, for `leftMs` at the most. */
  | { readonly kind: "held"; readonly leftMs: number; readonly bytes: Uint8Array | undefined }
  /** There is another value than the one that was seen: somebody was faster. */
  | { readonly kind: "changed"; readonly bytes: Uint8Array };

export interface LeaseRequest {
  /** For how long the key is left to the one who fills it. */
  readonly ttlMs: number;
  /** The value that is known, and not wanted any more: what `get` gave; undefined: there was none. Another one is "changed". */
  readonly seen: Uint8Array | undefined;
}

export interface CounterOptions {
  /** Where one that is not there begins. The amount is added to it. */
  readonly initial: number;
  /** Of one that is not there. */
  readonly ttlMs: number | null;
  /** The sum is at least this, whatever it was before: so many writers make a number that only ever rises. */
  readonly atLeast?: number;
}

export interface ScanPage {
  readonly keys: readonly string[];
  /** Where to go on; undefined: that was all. */
  readonly cursor: string | undefined;
}

/**
 * Keys are any text, lone surrogates, NUL and the empty one included; two different texts are two keys. Whoever shares a store with
 * other programs gives it a prefix of its own.
 */
export interface Store {
  readonly abilities: StoreAbilities;
  /** In the order of the keys. What has expired is absent. */
  getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]>;
  /** Each entry ends a lease of its key. All of them, or it throws. */
  setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void>;
  /** How many there were. Ends leases, also where there was nothing. */
  deleteMany(keys: readonly string[], call: StoreCall): Promise<number>;
  /** Another lifetime from now on; false: there is no such entry. */
  expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean>;
  /** Milliseconds left; null: it stays; undefined: there is no such entry. */
  ttl(key: string, call: StoreCall): Promise<number | null | undefined>;
  /** Removes everything whose key begins so; how many went. The empty prefix: all that is this store's. */
  clear(prefix: string, call: StoreCall): Promise<number>;
  lease?(key: string, request: LeaseRequest, call: StoreCall): Promise<StoreLease>;
  /** False: the lease is over, and nothing was stored. */
  fill?(entry: StoreEntry, token: string, call: StoreCall): Promise<boolean>;
  /** False: it was over already. The old value stays. */
  release?(key: string, token: string, call: StoreCall): Promise<boolean>;
  /**
   * Adds to a whole number that only this verb writes, atomically; one that is not there begins at `initial` and gets that lifetime.
   * With `atLeast` the sum is raised to that where it is below, in the same atomic step. Within 53 bits. `getMany` gives such a
   * number as decimal digits.
   */
  incr?(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number>;
  scan?(
    prefix: string,
    options: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage>;
  /** Gives back what it opened itself; a client that the user passed stays open. */
  close(): Promise<void>;
}
