/**
 * How a flight gets the right to load, or finds that it need not:
 *
 *     read L2 ──> fresh: into L1, done                       stale: known to those who wait
 *        │          └── due for renewal: those who wait have it, and the flight goes on behind
 *        v
 *     the source was found failing: `Paused`
 *        │ it was not
 *        v
 *     ask for the lease ──> granted: load        changed: look at that        held ──> wait for a message, or some time, and ask
 *                                                                             └── held for too long: load alone
 *
 * Where L2 is away the loader is called at once; so it is where L2 has no leases: then one load runs in each process.
 * How long another process is waited for: as long as two leases last, one of a process that is gone and one of its successor; and
 * never longer than this flight's own `timeout`, which runs meanwhile.
 */
import type { KnownOutcomes } from "../../cache/services/loading.js";
import { isRenewalDue } from "../../cache/services/renewal.js";
import { fullJitter } from "../../resilience/backoff.js";
import type { Found, Read, RecordLease, Records } from "../l2/records.js";
import type { Bell, Bells } from "./bells.js";
import type { FlightCounts } from "./counts.js";
import type { Entered, Flight } from "./flight.js";
import type { Forecast } from "./forecast.js";
import type { FlightHost } from "./host.js";
import { type BoundFlightOptions, keepMsOf } from "./options.js";
import { Paused } from "./paused.js";

/** Beyond the loader's timeout, for the way to L2 and back. */
const LEASE_MARGIN_MS = 2_000;
const PATIENCE_LEASES = 2;
/** Between two questions: the first is asked soon, since most loads are short; the last not too late, since messages get lost. */
const POLL_MS = 10;
const POLL_MS_MAX = 500;

export type Way =
  | { readonly kind: "value"; readonly value: unknown }
  /** It is not worth its while. */
  | { readonly kind: "left" }
  | { readonly kind: "load"; readonly entered: Entered };

export interface EnteringParts {
  readonly host: FlightHost;
  readonly counts: FlightCounts;
  readonly outcomes: KnownOutcomes<string>;
  readonly bells: Bells;
  readonly forecast: Forecast;
}

/** @throws Paused; the signal's reason */
export function enter(parts: EnteringParts, flight: Flight): Promise<Way> {
  return new Entering(parts, flight).run();
}

class Entering {
  readonly #parts: EnteringParts;
  readonly #flight: Flight;
  readonly #key: string;
  readonly #how: BoundFlightOptions;
  /** The latest of what L2 has. */
  #old: Found | undefined;
  #bytes: Uint8Array | undefined;
  /** A value that is good, and due for renewal. */
  #good: { readonly value: unknown } | undefined;
  #isWaiting = false;

  constructor(parts: EnteringParts, flight: Flight) {
    this.#parts = parts;
    this.#flight = flight;
    this.#key = flight.task.key;
    this.#how = flight.task.how;
  }

  async run(): Promise<Way> {
    const { l2 } = this.#parts.host;
    if (l2 === null || this.#how.only === "l1") return this.#withoutL2();
    if (this.#mayAskAtOnce(l2)) return this.#byLease(l2);
    let read: Read;
    try {
      read = await this.#read(l2);
    } catch (error) {
      return this.#down(error);
    }
    this.#parts.forecast.saw(read.bytes === undefined);
    this.#signal.throwIfAborted();
    const way = this.#judge(read);
    if (way !== undefined) return way;
    this.#heedFailures();
    return l2.canLease ? this.#byLease(l2) : this.#load(null, false);
  }

  get #signal(): AbortSignal {
    return this.#flight.controller.signal;
  }

  /** Whether the lease may be asked for without a look at what L2 has: it most likely has nothing, and nothing is against a load. */
  #mayAskAtOnce(l2: Records): boolean {
    const { forecast, host, outcomes } = this.#parts;
    const { isBehind, read } = this.#flight.task;
    if (!l2.canLease || !forecast.isAbsent || isBehind || read !== undefined) return false;
    return outcomes.pausing(this.#key, host.clock.now()) === undefined;
  }

  #read(l2: Records): Promise<Read> {
    const { read } = this.#flight.task;
    return read === undefined ? l2.read(this.#key, this.#signal) : read(this.#signal);
  }

  #withoutL2(): Way {
    this.#flight.know(this.#parts.host.l1.stale(this.#key));
    this.#heedFailures();
    return this.#load(null, false);
  }

  /** What it is worth: done with it, or undefined: it is to be loaded. */
  #judge({ found, bytes }: Read): Way | undefined {
    this.#old = found?.isNegative === true ? undefined : found;
    this.#bytes = bytes;
    if (found === undefined) return undefined;
    if (found.leftMs === null || found.leftMs > 0) return this.#fresh(found);
    if (!found.isNegative) this.#stale(found, found.leftMs);
    return undefined;
  }

  #fresh(found: Found): Way | undefined {
    if (this.#how.force) return undefined;
    this.#keep(found);
    const value = found.isNegative ? undefined : found.value;
    if (this.#isWaiting) this.#parts.counts.shared++;
    else if (this.#good === undefined && this.#isDue(found)) {
      this.#good = { value };
      this.#know(found, found.leftMs ?? 0);
      return undefined;
    }
    return { kind: "value", value };
  }

  #stale(found: Found, leftMs: number): void {
    this.#know(found, leftMs);
    const isPatient = !this.#how.force && this.#flight.task.isPatient;
    if (!isPatient || found.retryMs <= this.#parts.host.clock.wall()) return;
    if (this.#isWaiting) this.#parts.counts.shared++;
    throw new Paused();
  }

  #know({ value, tags }: Found, leftMs: number): void {
    this.#flight.know({ value, expiredAt: this.#parts.host.clock.now() + leftMs }, tags);
  }

  #isDue({ isNegative, leftMs, createdMs, expiresMs, loadMs, retryMs }: Found): boolean {
    if (isNegative || leftMs === null || expiresMs === null) return false;
    if (retryMs > this.#parts.host.clock.wall()) return false;
    const { earlyRefresh, refreshAhead } = this.#how;
    const life = { leftMs, ttlMs: expiresMs - createdMs, costMs: loadMs };
    return isRenewalDue(life, earlyRefresh, refreshAhead, () => this.#flight.task.luck);
  }

  /** Into L1. Storing it makes the ticket void, and what was known by it: from here on it is known anew. */
  #keep({ value, isNegative, leftMs, createdMs, expiresMs, loadMs, tags }: Found): void {
    const { ticket } = this.#flight;
    if (this.#how.only === "l2" || ticket === null) return;
    const ttlMs = expiresMs === null ? null : expiresMs - createdMs;
    const { l1Ttl } = this.#how;
    const isCurrent = this.#flight.isCurrent;
    if (isNegative) ticket.foundNothing(leftMs ?? 0, tags);
    else ticket.store(value, { leftMs, ttlMs, l1TtlMs: l1Ttl, keepMs: keepMsOf(this.#how), loadMs, tags });
    if (isCurrent) this.#flight.begin(this.#parts.host.l1.ticket(this.#key));
  }

  /** A load of this process that failed not long ago. */
  #heedFailures(): void {
    const { host, outcomes } = this.#parts;
    const failure = this.#how.force ? undefined : outcomes.pausing(this.#key, host.clock.now());
    if (failure !== undefined) throw new Paused(failure);
  }

  async #byLease(l2: Records): Promise<Way> {
    const { bells, host } = this.#parts;
    const bell = bells.listen(this.#key);
    const { timeout, leaseTtl } = this.#how;
    const ttlMs = timeout > 0 ? timeout + LEASE_MARGIN_MS : leaseTtl;
    const until = host.clock.now() + PATIENCE_LEASES * ttlMs;
    try {
      return await this.#ask(l2, { bell, ttlMs, until });
    } catch (error) {
      return this.#down(error);
    } finally {
      bell.end();
    }
  }

  async #ask(
    l2: Records,
    { bell, ttlMs, until }: { readonly bell: Bell; readonly ttlMs: number; readonly until: number },
  ): Promise<Way> {
    const { clock, l1 } = this.#parts.host;
    for (let round = 1; ; round++) {
      this.#signal.throwIfAborted();
      if (round > 1) this.#flight.begin(l1.ticket(this.#key));
      const askedAt = clock.now();
      // Not given up with the flight: a lease that nobody knows of would keep all from the key.
      const answer = await l2.lease(this.#key, { ttlMs, seen: this.#bytes });
      this.#checkWanted(l2, answer);
      if (round === 1) this.#parts.forecast.saw(answer.read.bytes === undefined);
      if (answer.kind === "granted") {
        this.#old = answer.read.found?.isNegative === true ? undefined : answer.read.found;
        this.#bytes = answer.read.bytes;
        return this.#load({ token: answer.token, epoch: answer.epoch, until: askedAt + ttlMs }, false);
      }
      const way = this.#judge(answer.read);
      if (way !== undefined) return way;
      if (answer.kind === "changed") continue;
      const patienceMs = until - clock.now();
      if (patienceMs <= 0) return this.#load(null, true);
      await this.#wait(bell, round, Math.min(answer.leftMs, patienceMs));
    }
  }

  #wait(bell: Bell, round: number, mostMs: number): Promise<void> {
    const { task, waiters } = this.#flight;
    this.#isWaiting = true;
    task.onDetour?.();
    const { random } = this.#parts.host;
    // The half that is sure keeps those who wait from asking all the time; the other half keeps them apart.
    const halfMs = Math.min(POLL_MS_MAX, POLL_MS * 2 ** round) / 2;
    const pauseMs = halfMs + fullJitter(1, { baseMs: halfMs, random });
    return bell.pause(Math.max(1, Math.min(pauseMs, mostMs)), this.#signal, waiters > 0);
  }

  /** Nobody waits any more: a lease that has just been granted is given back. */
  #checkWanted(l2: Records, answer: RecordLease): void {
    if (!this.#signal.aborted) return;
    if (answer.kind === "granted") giveBack(this.#parts.host, l2, this.#key, answer.token);
    throw this.#signal.reason;
  }

  /** L2 cannot be asked: what L1 still has will do for those who can have it, and the loader is called. */
  #down(error: unknown): Way {
    const { host } = this.#parts;
    const { task, stale } = this.#flight;
    if (this.#signal.aborted) throw this.#signal.reason;
    if (error instanceof Paused) throw error;
    host.onFault(error, "l2");
    if (this.#good !== undefined) return { kind: "value", ...this.#good };
    if (task.isBehind) return { kind: "left" };
    this.#flight.know(stale ?? host.l1.stale(this.#key));
    this.#heedFailures();
    return this.#load(null, true);
  }

  #load(lease: Entered["lease"], isAlone: boolean): Way {
    return { kind: "load", entered: { lease, old: this.#old, bytes: this.#bytes, isAlone } };
  }
}

/** Nobody waits for it: at the worst, the lease ends by its time. */
export function giveBack(host: FlightHost, l2: Records, key: string, token: string): void {
  l2.release(key, token).catch((error) => host.onFault(error, "l2"));
}
