/**
 * A load whose callers wait for it each in his own way, and one caller's wait: as long as he is willing to, and no longer than
 * an old value will do for him. For loads that learn on their way what old value there is, since it stands on a server
 * (client/loading) or in a second tier (tiered/flight).
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { ClosedError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";

/** An expired value that callers may fall back on; or one that is good still, while it is renewed. */
export interface OldValue {
  readonly value: unknown;
  /** By `now()` of the clock. What is to come is no expiry yet: then nobody waits. */
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

export abstract class AwaitedLoad {
  readonly controller = new AbortController();
  /** Callers that still wait. */
  waiters = 0;
  /** Goes on without callers. */
  background = false;
  stale: OldValue | undefined;
  /** One that may be older than what is still to be found; for those who cannot wait for that. */
  spare: OldValue | undefined;
  /** Called when a stale value has become known. */
  readonly listeners = new Set<() => void>();
  promise!: Promise<Loaded>;

  /** Whether it is this process that loads, rather than another one that is waited for. */
  abstract get isOurs(): boolean;

  know(stale: OldValue | undefined): void {
    this.stale = stale;
    if (stale !== undefined) for (const listener of this.listeners) listener();
  }

  /** A caller gave up. */
  leave(reason: unknown): void {
    if (--this.waiters === 0 && !this.background) this.abandon(reason);
  }

  /** What to do when the last caller gave up. */
  abandon(reason: unknown): void {
    this.controller.abort(reason);
  }
}

/** How long a caller waits, in milliseconds; 0: the option is not given. */
export interface Patience {
  readonly signal: AbortSignal | undefined;
  readonly softTimeout: number;
  readonly staleWhileRevalidate: number;
  readonly grace: number;
}

export interface WaitingHost {
  readonly clock: Clock;
  /** A stale value was given out. */
  readonly onStale: () => void;
  /** A load that nobody waits for has failed. */
  readonly onFault: (error: unknown) => void;
}

/** Rejects with whatever the load rejects with, or the signal's reason. */
export function waitFor(host: WaitingHost, load: AwaitedLoad, how: Patience): Promise<Loaded> {
  return new Promise((resolve, reject) => new Wait(host, load, how, resolve, reject).begin());
}

class Wait {
  #isOver = false;
  #isSoftOver = false;
  #timer: TimerHandle | null = null;
  #unlisten = (): void => undefined;

  constructor(
    readonly host: WaitingHost,
    readonly load: AwaitedLoad,
    readonly how: Patience,
    readonly resolve: (loaded: Loaded) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  begin(): void {
    const { host, how, load } = this;
    load.waiters++;
    if (how.softTimeout > 0) this.#timer = host.clock.setTimer(() => this.#softOver(), how.softTimeout);
    load.listeners.add(this.#look);
    load.promise.then(
      (loaded) => {
        this.#finish();
        this.resolve(loaded);
      },
      (error) => this.#fail(error),
    );
    this.#look();
    if (how.signal !== undefined && !this.#isOver) this.#unlisten = onAbort(how.signal, () => this.#giveUp());
  }

  /** Whether the stale value will do by now. */
  #look = (): void => {
    const { host, how, load } = this;
    const stale = load.stale ?? (this.#isSoftOver ? load.spare : undefined);
    if (this.#isOver || stale === undefined) return;
    const ageMs = host.clock.now() - stale.expiredAt;
    if (ageMs >= how.staleWhileRevalidate && !(this.#isSoftOver && ageMs < how.grace)) return;
    goOnBehind(host, load);
    this.#giveStale(stale);
    load.leave(undefined);
  };

  #softOver(): void {
    this.#isSoftOver = true;
    this.#look();
  }

  #giveUp(): void {
    const { signal } = this.how;
    this.#finish();
    this.reject(signal?.reason);
    this.load.leave(signal?.reason);
  }

  #giveStale({ expiredAt, value }: OldValue): void {
    this.#finish();
    if (this.host.clock.now() >= expiredAt) this.host.onStale();
    this.resolve({ value, isCurrent: true });
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    const { stale } = this.load;
    const isNear = stale !== undefined && this.host.clock.now() < stale.expiredAt + this.how.grace;
    if (isNear && !(error instanceof ClosedError)) {
      this.#giveStale(stale);
      return;
    }
    this.#finish();
    this.reject(error);
  }

  #finish(): void {
    this.#isOver = true;
    if (this.#timer !== null) this.host.clock.clearTimer(this.#timer);
    this.load.listeners.delete(this.#look);
    this.#unlisten();
  }
}

/** If it is this process that loads, it goes on, and a failure of it is reported; another one's needs nobody here. */
function goOnBehind(host: WaitingHost, load: AwaitedLoad): void {
  if (!load.background && load.isOurs) runBehind(host, load);
}

/** From now on nobody may be waiting. */
export function runBehind(host: Pick<WaitingHost, "onFault">, load: AwaitedLoad): void {
  load.background = true;
  load.promise.catch((error) => {
    if (!(error instanceof ClosedError)) host.onFault(error);
  });
}
