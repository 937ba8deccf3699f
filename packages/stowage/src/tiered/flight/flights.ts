/**
 * Flights: at most one per key at a time in this process, and by leases one loader in the fleet.
 *
 *     call ──> a flight of the key under way? ── yes ──> wait for it
 *                │ no, or one that began before the key was written
 *                └──> new flight (after that one has ended) ──> L2, lease (entering.ts) ──> loader ──> store (settling.ts)
 *
 * Invariant: a load that began before its key was written, deleted or invalidated, by whomever, never stores its value. Its
 * callers from before still get it; whoever came later gets a load that began later.
 * Invariant: a flight that fails, hangs until its timeout or is given up by all its callers leaves nothing behind.
 */
import type { TimerHandle } from "../../base/clock.js";
import { ClosedError, LoadTimeoutError } from "../../base/errors.js";
import type { KnownOutcomes } from "../../cache/services/loading.js";
import { untilAborted } from "../../cache/services/until-aborted.js";
import type { Loaded } from "../../cache/services/waiting.js";
import type { LoadResult } from "../../cache/types.js";
import { channels } from "../observe/channels.js";
import type { Bells } from "./bells.js";
import type { FlightCounts } from "./counts.js";
import { enter } from "./entering.js";
import { type Entered, Flight, type Task } from "./flight.js";
import type { Forecast } from "./forecast.js";
import type { FlightHost } from "./host.js";
import { Settling } from "./settling.js";

export interface FlightsParts {
  readonly host: FlightHost;
  readonly counts: FlightCounts;
  readonly outcomes: KnownOutcomes<string>;
  readonly bells: Bells;
  readonly forecast: Forecast;
}

export class RunningFlights {
  readonly #parts: FlightsParts;
  /** The latest of each key. */
  readonly #current = new Map<string, Flight>();
  readonly #running = new Set<Flight>();
  /** Calls and loaders, in the order in which they began. */
  #moment = 0;

  constructor(parts: FlightsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#running.size;
  }

  /** The number of something that begins now. */
  tick(): number {
    return ++this.#moment;
  }

  joinable(key: string, tags: readonly string[]): Flight | undefined {
    const flight = this.#current.get(key);
    return flight?.isJoinable(tags) === true ? flight : undefined;
  }

  isBusy(key: string): boolean {
    return this.#current.has(key);
  }

  /** Begins a flight, now or when the one that cannot be joined has ended. The caller has asked `joinable` first. */
  start(task: Task): Flight {
    const { key } = task;
    const before = this.#current.get(key);
    const flight = new Flight(task);
    this.#current.set(key, flight);
    this.#running.add(flight);
    flight.promise = this.#perform(before, flight).finally(() => this.#end(flight));
    // Waiters hear of a failure; a flight without any must not be an unhandled rejection.
    flight.promise.catch(() => {});
    return flight;
  }

  /** What was learnt before is for those who asked before. */
  written(key: string): void {
    const flight = this.#current.get(key);
    flight?.close();
    this.#parts.bells.ring(key);
  }

  invalidated(tags: readonly string[]): void {
    for (const flight of this.#running) flight.invalidated(tags);
  }

  writtenAll(): void {
    for (const flight of this.#running) flight.close();
    this.#parts.bells.ringAll();
  }

  close(): void {
    for (const flight of this.#running) flight.controller.abort(new ClosedError("fetch"));
    this.#current.clear();
  }

  async #perform(before: Flight | undefined, flight: Flight): Promise<Loaded> {
    const { host } = this.#parts;
    const { task, controller } = flight;
    const { signal } = controller;
    const timer = this.#limit(flight);
    try {
      if (before !== undefined) {
        await untilAborted(() => before.promise.catch(() => undefined), signal);
        const value = this.#sinceThen(task);
        if (value !== undefined) return { value, isCurrent: true };
      }
      flight.begin(host.l1.ticket(task.key));
      const way = await untilAborted(() => enter(this.#parts, flight), signal);
      if (way.kind === "value") return { value: way.value, isCurrent: true };
      if (way.kind === "left") return { value: undefined, isCurrent: false };
      return await this.#load(flight, way.entered);
    } finally {
      if (timer !== null) host.clock.clearTimer(timer);
      task.onDetour?.();
    }
  }

  /** While another flight was waited for, somebody may have stored a value: newer than anything asked for before. */
  #sinceThen({ how, key, isBehind }: Task): unknown {
    const isWanted = !how.force && how.only !== "l2" && !isBehind;
    return isWanted ? this.#parts.host.l1.peek(key) : undefined;
  }

  async #load(flight: Flight, entered: Entered): Promise<Loaded> {
    const { counts, host } = this.#parts;
    const { controller, task } = flight;
    const settling = new Settling(this.#parts, flight, entered);
    flight.calledAt = this.tick();
    const startedAt = host.clock.now();
    if (entered.isAlone) counts.alone++;
    let result: LoadResult<unknown>;
    try {
      result = await untilAborted((signal) => task.run(signal, entered.old?.value), controller.signal);
    } catch (error) {
      this.#count(task.key, startedAt, { error });
      settling.failed(error, controller.signal.aborted && !(error instanceof LoadTimeoutError));
      throw error;
    }
    this.#count(task.key, startedAt, undefined);
    try {
      return await settling.settle(result, host.clock.now() - startedAt);
    } catch (error) {
      settling.failed(error, true);
      throw error;
    }
  }

  #limit({ controller, task }: Flight): TimerHandle | null {
    const { key, how } = task;
    if (how.timeout === 0) return null;
    const giveUp = (): void => controller.abort(new LoadTimeoutError(key, how.timeout));
    return this.#parts.host.clock.setTimer(giveUp, how.timeout);
  }

  #count(key: string, startedAt: number, failure: { readonly error: unknown } | undefined): void {
    const { counts, host } = this.#parts;
    const timeMs = host.clock.now() - startedAt;
    counts.timeMs += timeMs;
    if (failure === undefined) counts.ok++;
    else counts.failed++;
    if (channels.load.hasSubscribers)
      channels.load.publish({ cache: host.name, key, ok: failure === undefined, timeMs, ...failure });
  }

  #end(flight: Flight): void {
    const { key } = flight.task;
    flight.end();
    this.#running.delete(flight);
    if (this.#current.get(key) === flight) this.#current.delete(key);
  }
}
