/** The options of the core, each declared once. They are those of `Client` that it has a use for. */
import { type Clock, systemClock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { duration, functionOf, nonEmptyText, objectWith } from "../../base/option-types.js";
import { type DeclaresCall, declareCallOptions, type Given } from "../../base/options.js";

export interface CoreClientOptions {
  /** Where the server is: `https://cache.example.org`. */
  url: string;
  /** Sent as `Authorization: Bearer ...`. */
  token?: string;
  /** From a call to its answer. Default `"5s"`. */
  timeout?: Duration;
  /** Of what is set without one. Default: the server's. */
  ttl?: Duration;
  /** Default: the global `fetch`, as it is when a request is made. */
  fetchWith?: typeof fetch;
  /** Default: the system's. */
  clock?: Clock;
}

const types = {
  url: nonEmptyText,
  token: nonEmptyText,
  timeout: duration,
  ttl: duration,
  fetchWith: functionOf<typeof fetch>("such as the global fetch"),
  clock: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
};

export const coreOptions = declareCallOptions(types satisfies DeclaresCall<CoreClientOptions>);
export const coreDefaults = { timeout: 5_000, clock: systemClock };
export type BoundCoreOptions = Given<typeof types> & typeof coreDefaults;
