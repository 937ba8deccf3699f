/** One caller's wait for a load: as long as he is willing to, and no longer than a stale value will do for him. */

import type { TimerHandle } from "../../base/clock.js";
import { ClosedError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import type { BoundLoadOptions } from "./call-options.js";
import { causeOf } from "./fault.js";
import type { Load, Loaded, Stale } from "./load.js";
import type { LoadingCounts, LoadingHost } from "./types.js";

/** Rejects with the loader's error, a CacheFault, or the signal's reason. */
export function waitFor(
  host: LoadingHost,
  counts: LoadingCounts,
  load: Load,
  how: BoundLoadOptions,
): Promise<Loaded> {
  return new Promise((resolve, reject) => new Wait(host, counts, load, how, resolve, reject).begin());
}

class Wait {
  #isOver = false;
  #isSoftOver = false;
  #timer: TimerHandle | null = null;
  #unlisten = (): void => undefined;

  constructor(
    readonly host: LoadingHost,
    readonly counts: LoadingCounts,
    readonly load: Load,
    readonly how: BoundLoadOptions,
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
    const { stale } = load;
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

  #giveStale({ value }: Stale): void {
    this.#finish();
    this.counts.stale++;
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
function goOnBehind(host: LoadingHost, load: Load): void {
  if (!load.background && load.claim !== null) runBehind(host, load);
}

/** From now on nobody may be waiting. */
export function runBehind(host: LoadingHost, load: Load): void {
  load.background = true;
  load.promise.catch((error) => {
    if (!(error instanceof ClosedError)) host.onFault(causeOf(error));
  });
}
