/**
 * The keys of one fetchMany that L1 does not have: one question to L2, and one call of the loader, seen as one flight per key, so
 * that no key is loaded twice, whoever asks for it, and each can be overtaken by itself.
 *
 *     one read of L2 ──> a lease for each key that has to be loaded ──> one call for those that were granted
 *                             └── held by another process: waited for, and, if it does not come, loaded by a call of its own
 *
 * The loader is called once every key has its answer, or is known to take longer.
 */
import { checkedResult } from "../../cache/services/bulk.js";
import type { BulkLoader, LoadResult } from "../../cache/types.js";
import type { Read } from "../l2/records.js";
import type { Fetching } from "./fetching.js";
import type { Flight, Run } from "./flight.js";
import type { RunningFlights } from "./flights.js";
import type { FlightHost } from "./host.js";
import type { BoundFlightOptions } from "./options.js";

type Results = ReadonlyMap<string, LoadResult<unknown>>;

class Part {
  readonly key: string;
  flight!: Flight;
  /** It has come to the loader, or will not soon. */
  isDecided: boolean;

  constructor(key: string, isDecided: boolean) {
    this.key = key;
    this.isDecided = isDecided;
  }
}

export class Bulk {
  readonly #host: FlightHost;
  readonly #flights: RunningFlights;
  readonly #fetching: Fetching;
  readonly #loader: BulkLoader<string, unknown>;
  readonly #how: BoundFlightOptions;
  readonly #controller = new AbortController();
  readonly #parts: Part[] = [];
  /** What the one call is for. */
  readonly #granted: Part[] = [];
  readonly #reads: Promise<ReadonlyMap<string, Read>>;
  readonly #results: Promise<Results>;
  #read!: (reads: Promise<ReadonlyMap<string, Read>>) => void;
  #resolve!: (results: Promise<Results>) => void;
  #hasGone = false;
  #hasCalled = false;

  constructor(
    host: FlightHost,
    flights: RunningFlights,
    fetching: Fetching,
    loader: BulkLoader<string, unknown>,
    how: BoundFlightOptions,
  ) {
    this.#host = host;
    this.#flights = flights;
    this.#fetching = fetching;
    this.#loader = loader;
    this.#how = how;
    this.#reads = new Promise((resolve) => {
      this.#read = resolve;
    });
    this.#results = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#reads.catch(() => {});
    this.#results.catch(() => {});
  }

  fetch(key: string): Promise<unknown> {
    const start = () => (this.#flights.isBusy(key) ? undefined : this.#start(key));
    return this.#fetching.fetch({ key, run: this.alone(key), how: this.#how, start });
  }

  /** All keys are known: L2 is asked. */
  go(): void {
    this.#hasGone = true;
    const keys = this.#parts.map(({ key }) => key);
    if (keys.length > 0) this.#read(this.#readAll(keys));
    this.#callIfDecided();
  }

  /** A key that does not come with the others. */
  alone(key: string): Run {
    return async (signal) => (await this.#call([key], signal)).get(key);
  }

  #start(key: string): Flight {
    const isLate = this.#hasGone;
    const part = new Part(key, isLate);
    if (!isLate) this.#parts.push(part);
    const task = this.#fetching.task({ key, run: (signal) => this.#run(part, signal), how: this.#how }, true);
    part.flight = this.#flights.start({
      ...task,
      ...(!isLate && { read: () => this.#reads.then((reads) => reads.get(key) as Read) }),
      onDetour: () => this.#decide(part),
      abandon: (reason) => this.#abandon(part, reason),
    });
    return part.flight;
  }

  async #readAll(keys: readonly string[]): Promise<ReadonlyMap<string, Read>> {
    const { l2 } = this.#host;
    if (l2 === null || this.#how.only === "l1") return new Map();
    const reads = await l2.readMany(keys);
    return new Map(keys.map((key, index) => [key, reads[index]]));
  }

  #run(part: Part, signal: AbortSignal): Promise<LoadResult<unknown>> {
    if (this.#hasCalled || part.isDecided)
      return this.#call([part.key], signal).then((all) => all.get(part.key));
    this.#granted.push(part);
    this.#decide(part);
    return this.#results.then((results) => results.get(part.key));
  }

  #decide(part: Part): void {
    part.isDecided = true;
    this.#callIfDecided();
  }

  #callIfDecided(): void {
    if (!this.#hasGone || this.#hasCalled || this.#parts.some(({ isDecided }) => !isDecided)) return;
    this.#hasCalled = true;
    // One that came to the loader may have been given up while it waited for the others.
    const wanted = this.#granted.filter(({ flight }) => !flight.controller.signal.aborted);
    if (wanted.length === 0) return;
    for (const { flight } of wanted) this.#stopWith(flight.controller.signal);
    const keys = wanted.map(({ key }) => key);
    this.#resolve(this.#call(keys, this.#controller.signal));
  }

  /** The one call goes on, and its parts can be joined, as long as somebody waits for any of them. */
  #abandon(part: Part, reason: unknown): void {
    const together = this.#granted.includes(part) ? this.#granted : [part];
    if (together.some(({ flight }) => flight.isWanted)) return;
    for (const { flight } of together) flight.controller.abort(reason);
  }

  /** Parts are also stopped one by one, by a timeout or by close. */
  #stopWith(signal: AbortSignal): void {
    const stop = (): void => {
      if (this.#granted.every(({ flight }) => flight.controller.signal.aborted))
        this.#controller.abort(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  }

  async #call(keys: readonly string[], signal: AbortSignal): Promise<Results> {
    return checkedResult(await this.#loader([...keys], { signal }));
  }
}
