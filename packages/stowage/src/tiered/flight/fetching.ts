/**
 * One call of fetch, from the question whether L1 has the value to the value.
 *
 *     L1 ──> a flight of the key under way? ── yes ──> wait for it
 *      │ has it: give it     │ no
 *      v                     v
 *     due for renewal?      begin one
 *     begin one behind
 *
 * The value of a load that was overtaken (somebody wrote the key while it ran) is given to those who asked before its loader
 * was called. Who came later asks again, so nobody gets what was out of date before he asked.
 */

import type { KnownOutcomes } from "../../cache/services/loading.js";
import { isRenewalDue } from "../../cache/services/renewal.js";
import { type Loaded, runBehind, type WaitingHost, waitFor } from "../../cache/services/waiting.js";
import type { TieredFetchOptions } from "../types.js";
import type { FlightCounts } from "./counts.js";
import type { Flight, Task } from "./flight.js";
import type { RunningFlights } from "./flights.js";
import type { FlightHost } from "./host.js";
import { type BoundFlightOptions, bindFlight } from "./options.js";
import { Paused } from "./paused.js";

export interface FetchingParts {
  readonly host: FlightHost;
  readonly counts: FlightCounts;
  readonly outcomes: KnownOutcomes<string>;
  readonly flights: RunningFlights;
  readonly fallback: BoundFlightOptions;
}

/** A call. `start` may make its flight part of something larger; it is asked once. */
export interface Call {
  readonly key: string;
  readonly run: Task["run"];
  readonly how: BoundFlightOptions;
  readonly start?: (() => Flight | undefined) | undefined;
}

export class Fetching {
  readonly #parts: FetchingParts;
  readonly #waiting: WaitingHost;

  constructor(parts: FetchingParts) {
    const { counts, host } = parts;
    this.#parts = parts;
    this.#waiting = {
      clock: host.clock,
      onStale: () => void counts.stale++,
      onFault: (error) => {
        if (!(error instanceof Paused)) host.onFault(error, "loader");
      },
    };
  }

  bind(options: TieredFetchOptions | undefined, where: string): BoundFlightOptions {
    return bindFlight(this.#parts.fallback, options, where);
  }

  /** There is no live value in L1. */
  async fetch(call: Call): Promise<unknown> {
    const { flights } = this.#parts;
    const { how } = call;
    how.signal?.throwIfAborted();
    const calledAt = flights.tick();
    let start = call.start;
    for (let isPatient = true, isFirst = true; ; isFirst = false) {
      const known = this.#known(call, isFirst);
      if (known !== undefined) return known.value;
      const joined = this.#joinable(call, isPatient);
      const flight = joined ?? start?.() ?? flights.start(this.task(call, isPatient));
      if (joined === undefined) start = undefined;
      try {
        const loaded = await this.#wait(flight, how);
        if (loaded.isCurrent || flight.calledAt >= calledAt) return loaded.value;
      } catch (error) {
        if (!(error instanceof Paused)) throw error;
        if (error.failure !== undefined) throw error.failure.error;
        // An old value is there, and not for this caller: he does not spare the source.
        isPatient = false;
      }
    }
  }

  /** Renews an entry of L1 behind, if what is known of its life says so. */
  renewIfDue(key: string, run: Task["run"], options: TieredFetchOptions | undefined, where: string): void {
    const { fallback, flights, host, outcomes } = this.#parts;
    const early = options?.earlyRefresh ?? fallback.earlyRefresh;
    const ahead = options?.refreshAhead ?? fallback.refreshAhead;
    if (early === false && ahead === 0) return;
    const how = this.bind(options, where);
    const life = host.l1.life(key);
    const luck = host.random();
    if (life === undefined || !isRenewalDue(life, early, ahead, () => luck)) return;
    if (flights.isBusy(key) || outcomes.pausing(key, host.clock.now()) !== undefined) return;
    const flight = flights.start({ key, run, how, luck, isBehind: true, isPatient: true });
    runBehind(this.#waiting, flight);
  }

  task({ key, run, how }: Omit<Call, "start">, isPatient: boolean): Task {
    const luck = how.earlyRefresh === false ? 0 : this.#parts.host.random();
    return { key, run, how, luck, isPatient, isBehind: false };
  }

  #wait(flight: Flight, how: BoundFlightOptions): Promise<Loaded> {
    const { l1 } = this.#parts.host;
    // For who cannot wait until L2 has answered; L2 may have a better one.
    if (how.softTimeout > 0) flight.spare ??= l1.stale(flight.task.key);
    return waitFor(this.#waiting, flight, how);
  }

  /** What L1 knows: that there is nothing, or, if it was asked before, a value that has come meanwhile. */
  #known({ how, key }: Call, isFirst: boolean): { readonly value: unknown } | undefined {
    if (how.force || how.only === "l2") return undefined;
    const { l1 } = this.#parts.host;
    const value = isFirst ? undefined : l1.peek(key);
    if (value !== undefined) return { value };
    return l1.isNothing(key) ? { value: undefined } : undefined;
  }

  #joinable({ how, key }: Call, isPatient: boolean): Flight | undefined {
    const flight = this.#parts.flights.joinable(key, how.tags);
    if (flight === undefined || (!isPatient && flight.task.isPatient)) return undefined;
    // One that has not come to its loader may find that another process's value will do.
    return how.force && !flight.isLoading ? undefined : flight;
  }
}
