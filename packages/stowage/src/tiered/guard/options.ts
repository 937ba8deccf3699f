/** The options of a guarded store, each declared once. */
import { type Clock, systemClock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { duration, functionOf, objectWith, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { BreakerState } from "../../resilience/breaker.js";

/** How long a store is waited for, and how much at a time it is asked. */
export interface GuardOptions {
  /** A call, the time that it waits for its turn included. Default `"1s"`. */
  timeout?: Duration;
  /** Failures in a row after which the store is left alone. Default 5. */
  failures?: number;
  /** For how long; twice as long after each time that it is found away again. Default `"1s"`. */
  cooldown?: Duration;
  /** Doubled so far at most. Default `"30s"`. */
  cooldownMax?: Duration;
  /** Calls under way at most. Default 1,000. */
  maxUnderWay?: number;
  /** Calls that wait for their turn at most; beyond, they fail at once. Default 10,000. */
  maxWaiting?: number;
  /** Told of each change of the breaker, after it. */
  onState?: (state: BreakerState) => void;
  /** Default: the system's. */
  clock?: Clock;
}

const TIMEOUT_MS = 1_000;
const FAILURES = 5;
const COOLDOWN_MS = 1_000;
const COOLDOWN_MS_MAX = 30_000;
/** A thousand calls of a millisecond each are a million a second: a bound for what is stuck, not for what runs. */
const UNDER_WAY_MAX = 1_000;
const WAITING_MAX = 10_000;

export const guardOptions = declareOptions({
  timeout: option({
    type: duration,
    default: TIMEOUT_MS,
    defaultText: '`"1s"`',
    meaning: "a call, the time that it waits for its turn included",
  }),
  failures: option({
    type: wholeNumber({ min: 1 }),
    default: FAILURES,
    meaning: "failures in a row after which the store is left alone",
  }),
  cooldown: option({
    type: duration,
    default: COOLDOWN_MS,
    defaultText: '`"1s"`',
    meaning: "for how long; twice as long after each time that it is found away again",
  }),
  cooldownMax: option({
    type: duration,
    default: COOLDOWN_MS_MAX,
    defaultText: '`"30s"`',
    meaning: "doubled so far at most",
  }),
  maxUnderWay: option({
    type: wholeNumber({ min: 1 }),
    default: UNDER_WAY_MAX,
    meaning: "calls under way at most",
  }),
  maxWaiting: option({
    type: wholeNumber({ min: 0 }),
    default: WAITING_MAX,
    meaning: "calls that wait for their turn at most; beyond, they fail at once",
  }),
  onState: option<(state: BreakerState) => void, undefined>({
    type: functionOf("(state) => void"),
    default: undefined,
    meaning: "told of each change of the breaker",
  }),
  clock: option({
    type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
    default: systemClock,
    defaultText: "the system's",
    meaning: "where time comes from",
  }),
} satisfies Declares<GuardOptions>);
