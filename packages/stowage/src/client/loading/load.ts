/** One load of one key in this process, from the question who may load to its end; however many wait for it. */
import type { Claim } from "./claim.js";

/** An expired value that callers may fall back on. */
export interface Stale {
  readonly value: unknown;
  /** By the client's clock. */
  readonly expiredAt: number;
}

/** What came of a load. */
export interface Loaded {
  /** As the loader or the cache gave it; undefined: there is none. */
  readonly value: unknown;
  /**
   * False: the key was written or invalidated while it was loaded, or may have been, so it is only for those who asked
   * before the loader was called.
   */
  readonly isCurrent: boolean;
}

export class Load {
  readonly controller = new AbortController();
  /** Callers that still wait. */
  waiters = 0;
  /** Goes on without callers. */
  background = false;
  /** Once the loader may be called: by right of this, or `alone`. */
  claim: Claim | null = null;
  /** Whether one of those who wait wants a value also if the cache fails. */
  lenient = false;
  /** Set when this process writes the key: who comes later must not wait for what was loaded before. */
  closed = false;
  /** The number of the call among all calls of this client when the loader was called; 0: it has not been. */
  calledAt = 0;
  stale: Stale | undefined;
  /** Called when a stale value has become known. */
  readonly listeners = new Set<() => void>();
  promise!: Promise<Loaded>;

  /**
   * @param renews it renews what is still live, so nobody who can have that waits for it
   * @param isForced no value from before it began will do for it
   */
  constructor(
    readonly renews: boolean,
    readonly isForced: boolean,
  ) {}

  get isJoinable(): boolean {
    return !this.closed && !this.controller.signal.aborted;
  }

  /** Whether one who does not want what there is may wait for it: it will not find another one's value after all. */
  get isLoading(): boolean {
    return this.isForced || this.calledAt > 0;
  }

  know(stale: Stale | undefined): void {
    this.stale = stale;
    if (stale !== undefined) for (const listener of this.listeners) listener();
  }

  /** A caller gave up. */
  leave(reason: unknown): void {
    if (--this.waiters === 0 && !this.background) this.controller.abort(reason);
  }
}
