/**
 * Time as a parameter. Everything that measures, waits or expires takes a `Clock`; only this file reads the system's.
 *
 * Two readings, because each is wrong for the other's use: `now()` never goes back, whatever happens to the system
 * clock, but means nothing outside this process; `wall()` means the same everywhere, but may jump. Expiry is reckoned
 * with `now()`; `wall()` is only for what is told to or by the outside: expireAt, dumps.
 * Timers do not keep a process alive: a cache is never the reason why a program does not end. Where a caller waits for one,
 * `holdProcess` does.
 */

export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean something. */
  now(): number;
  /** Milliseconds since 1970, as on the calendar. */
  wall(): number;
  /** Calls `fn` once, `ms` from now at the earliest. Any length works, also beyond setTimeout's 24.8 days. */
  setTimer(fn: () => void, ms: number): TimerHandle;
  /** After this, `fn` is not called any more. A handle whose time has come is ignored. */
  clearTimer(handle: TimerHandle): void;
}

/** Whatever the clock that gave it out wants it to be. */
export type TimerHandle = object;

/** setTimeout takes a signed 32-bit number of milliseconds and fires at once when given more. */
const delayMaxMs = 2 ** 31 - 1;

class SystemTimer {
  id: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly fn: () => void,
    readonly dueMs: number,
  ) {}
}

/** performance.now, Date.now and unreferenced setTimeout. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer(fn: () => void, ms: number): TimerHandle {
    const timer = new SystemTimer(fn, performance.now() + ms);
    arm(timer, ms);
    return timer;
  },
  clearTimer(handle: TimerHandle): void {
    if (handle instanceof SystemTimer) clearTimeout(handle.id);
  },
});

let holders = 0;
let hold: ReturnType<typeof setInterval> | undefined;

/**
 * Keeps the process alive until what it returns is called: for a wait that a caller has to see the end of, since timers keep
 * none alive. Nothing is called by it.
 */
export function holdProcess(): () => void {
  if (holders++ === 0) hold = setInterval(() => undefined, delayMaxMs);
  let isHeld = true;
  return () => {
    if (isHeld && --holders === 0) clearInterval(hold);
    isHeld = false;
  };
}

function arm(timer: SystemTimer, leftMs: number): void {
  const delayMs = Math.min(Math.max(0, Math.ceil(leftMs)), delayMaxMs);
  timer.id = setTimeout(() => ring(timer), delayMs);
  // Browsers give out a number, Node an object with unref().
  (timer.id as { unref?: () => void }).unref?.();
}

/** Node's timers may fire up to a millisecond early by performance.now, hence also short ones are checked. */
function ring(timer: SystemTimer): void {
  const leftMs = timer.dueMs - performance.now();
  if (leftMs > 0) arm(timer, leftMs);
  else timer.fn();
}
