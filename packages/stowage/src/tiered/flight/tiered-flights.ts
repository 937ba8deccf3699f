/** fetch and fetchMany of one namespace: a value from the tiers, or from its source by way of the tiers; once in the whole fleet. */
import { ClosedError, InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import type { KnownOutcomes } from "../../cache/services/loading.js";
import type { BulkLoader, Loader } from "../../cache/types.js";
import type { TieredFetchOptions } from "../types.js";
import { checkKey, checkKeys } from "../verbs/check.js";
import { Bells } from "./bells.js";
import { Bulk } from "./bulk.js";
import { type FlightCounts, noCounts } from "./counts.js";
import { Fetching } from "./fetching.js";
import { RunningFlights } from "./flights.js";
import { Forecast } from "./forecast.js";
import type { FlightHost } from "./host.js";
import { flightOptions, withoutOptions } from "./options.js";

type AnyLoader = Loader<string, unknown>;
type AnyBulkLoader = BulkLoader<string, unknown>;

export class TieredFlights {
  readonly counts: FlightCounts = noCounts();
  readonly #host: FlightHost;
  readonly #flights: RunningFlights;
  readonly #fetching: Fetching;
  /** Values may be due for renewal although no call says so. */
  readonly #renews: boolean;
  #isClosed = false;

  /** @param outcomes how earlier loads ended; those who write end them */
  constructor(host: FlightHost, outcomes: KnownOutcomes<string>) {
    this.#host = host;
    this.#renews = host.fetch.earlyRefresh !== false || host.fetch.refreshAhead > 0;
    const parts = { host, outcomes, counts: this.counts };
    this.#flights = new RunningFlights({ ...parts, bells: new Bells(host.clock), forecast: new Forecast() });
    this.#fetching = new Fetching({ ...parts, flights: this.#flights, fallback: withoutOptions(host.fetch) });
  }

  /** How many loads are under way, those that wait for another process included. */
  get running(): number {
    return this.#flights.size;
  }

  fetch(key: string, loader: AnyLoader, options: TieredFetchOptions | undefined): Promise<unknown> {
    try {
      this.#check("fetch", loader, options);
      checkKey("fetch", key);
      const value = this.#atHand(key, options);
      // What is at hand in this process costs a look-up and a promise.
      if (value !== undefined && options === undefined && !this.#renews) return Promise.resolve(value);
      return this.#fetch(key, loader, options, value);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** L2 is asked once for all that L1 does not have, and the loader called once for all that this process has to load. */
  async fetchMany(
    keys: Iterable<string>,
    loader: AnyBulkLoader,
    options: TieredFetchOptions | undefined,
  ): Promise<Map<string, unknown>> {
    this.#check("fetchMany", loader, options);
    const how = this.#fetching.bind(options, "fetchMany");
    const asked = checkKeys("fetchMany", keys);
    const bulk = new Bulk(this.#host, this.#flights, this.#fetching, loader, how);
    const values = asked.map((key) => {
      const value = this.#atHand(key, options);
      if (value === undefined) return bulk.fetch(key);
      this.#fetching.renewIfDue(key, bulk.alone(key), options, "fetchMany");
      return value;
    });
    bulk.go();
    const found = new Map<string, unknown>();
    for (const [index, value] of (await Promise.all(values)).entries())
      if (value !== undefined) found.set(asked[index], value);
    return found;
  }

  /** These were written or deleted, here or elsewhere; L1 has dropped them already. */
  written(keys: readonly string[]): void {
    for (const key of keys) this.#flights.written(key);
  }

  invalidated(tags: readonly string[]): void {
    this.#flights.invalidated(tags);
  }

  cleared(): void {
    this.#flights.writtenAll();
  }

  /** Loads under way end with ClosedError. */
  close(): void {
    this.#isClosed = true;
    this.#flights.close();
  }

  #fetch(
    key: string,
    loader: AnyLoader,
    options: TieredFetchOptions | undefined,
    value: unknown,
  ): Promise<unknown> {
    const run = (signal: AbortSignal, stale: unknown) => loader(key, { signal, stale });
    if (value === undefined)
      return this.#fetching.fetch({ key, run, how: this.#fetching.bind(options, "fetch") });
    this.#fetching.renewIfDue(key, run, options, "fetch");
    return Promise.resolve(value);
  }

  #atHand(key: string, options: TieredFetchOptions | undefined): unknown {
    if (options !== undefined && (options.force === true || options.only === "l2")) return undefined;
    return this.#host.l1.read(key);
  }

  #check(where: string, loader: unknown, options: TieredFetchOptions | undefined): void {
    if (this.#isClosed) throw new ClosedError(where);
    if (typeof loader !== "function")
      throw new InvalidArgumentError(where, "the loader", loader, "a function");
    if (options === undefined) return;
    checkNames(options, flightOptions.names, where);
    options.signal?.throwIfAborted();
  }
}
