/**
 * Finds workers whose event loop does not go round any more: in an endless loop, or in a call that does not return. They
 * keep their connections and answer none of them.
 *
 * What counts is looks without a beat and not time without a beat: when the whole process was stopped, or the supervisor
 * itself was busy, time passed for all, and a worker needs a moment to beat again.
 */
import type { Fleet } from "../observe/types.js";

/** A worker is taken to hang after so many looks in a row without a new beat. */
const LOOKS = 5;
/** Two readings of the same beat differ by less: one clock, read at two moments. */
const SAME_MS = 1;

export interface Watchdog {
  stop(): void;
}

interface Pulse {
  beatAt: number;
  looks: number;
}

/**
 * @param isWatched whether the worker is to be looked at now
 * @param hung told once for each time that a worker hangs
 */
export function watch(
  fleet: Pick<Fleet, "quietMs">,
  workers: number,
  { hangMs, now }: { hangMs: number; now: () => number },
  isWatched: (worker: number) => boolean,
  hung: (worker: number) => void,
): Watchdog {
  const pulses: Pulse[] = Array.from({ length: workers }, () => ({ beatAt: 0, looks: 0 }));
  const look = (worker: number, pulse: Pulse) => {
    const beatAt = now() - fleet.quietMs(worker);
    pulse.looks = Math.abs(beatAt - pulse.beatAt) < SAME_MS && isWatched(worker) ? pulse.looks + 1 : 0;
    pulse.beatAt = beatAt;
    if (pulse.looks < LOOKS) return;
    pulse.looks = 0;
    hung(worker);
  };
  const timer = setInterval(() => {
    for (const [worker, pulse] of pulses.entries()) look(worker, pulse);
  }, hangMs / LOOKS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
