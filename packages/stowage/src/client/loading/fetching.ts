/**
 * One call of fetch or remember, from the question whether there is a value to the value.
 *
 *     near cache ──> a load under way here? ──> the server ──> fresh value: give it; due for renewal? start a load behind
 *        │ has it: give it      │ wait for it       │ none
 *        v                      v                   v
 *                                       a load: by lease (loads.ts)
 *
 * A value of a load that was overtaken (somebody wrote the key while it ran) is given to those who asked before its loader
 * was called. Who came later asks again, so nobody gets what was out of date before he asked.
 */
import { ClosedError } from "../../base/errors.js";
import type { Outcomes } from "../../cache/services/outcomes.js";
import { isRenewalDue } from "../../cache/services/renewal.js";
import { runBehind, type WaitingHost, waitFor } from "../../cache/services/waiting.js";
import { type BoundLoadOptions, bindLoad } from "./call-options.js";
import { CacheFault, causeOf } from "./fault.js";
import { ask, isLeasable, release } from "./lease.js";
import type { Lives } from "./lives.js";
import type { Load } from "./load.js";
import type { Loads, Run, Task } from "./loads.js";
import type { LoadOptions } from "./options.js";
import { type Found, read } from "./reading.js";
import type { LoadingCounts, LoadingHost } from "./types.js";

/** Whether a value will do for this caller, and what he is to be given in its place. */
export type Checked = { readonly value: unknown } | { readonly error: unknown };

/** `id`: of one item of a list. */
export type Check = (value: unknown, id?: string) => Checked | Promise<Checked>;

/** A call. What is not said of a load is taken from the options. */
export interface Call {
  readonly where: string;
  readonly key: string;
  readonly run: Run;
  readonly options: LoadOptions | undefined;
  /** Faults of the cache do not reach the caller. */
  readonly lenient: boolean;
  readonly check?: Check | undefined;
  readonly after?: Task["after"];
  /** For how long after expiry the value is kept for whatever `check` makes of it. */
  readonly keepMs?: number;
}

/** How often what is found may not do, before the loader's own value has to. */
const ROUNDS_SHARED = 2;
/** To look what old value there is. */
const LOOK_LEASE_MS = 1_000;

export interface FetchingParts {
  readonly host: LoadingHost;
  readonly fallback: BoundLoadOptions;
  readonly loads: Loads;
  readonly outcomes: Outcomes<string>;
  readonly lives: Lives;
  readonly counts: LoadingCounts;
}

/** What a call knows by now. */
interface Round {
  readonly how: BoundLoadOptions;
  /** The version of a value that will not do. */
  seen: string | undefined;
  /** Something under way has turned out to be too old. */
  isAgain: boolean;
  /** Without the cache. */
  isAlone: boolean;
}

export class Fetching {
  readonly #parts: FetchingParts;
  readonly #waiting: WaitingHost;
  isClosed = false;

  constructor(parts: FetchingParts) {
    const { counts, host } = parts;
    this.#parts = parts;
    this.#waiting = {
      clock: host.clock,
      onStale: () => void counts.stale++,
      onFault: (error) => host.onFault(causeOf(error)),
    };
  }

  /** Options are bound, and checked, once the value is not at hand. */
  async fetch(call: Call): Promise<unknown> {
    const { loads } = this.#parts;
    const how = bindLoad(this.#parts.fallback, call.options, call.where);
    const calledAt = loads.tick();
    const round: Round = { how, seen: undefined, isAgain: false, isAlone: false };
    let failed: Checked | undefined;
    for (let count = 0; count <= ROUNDS_SHARED; count++) {
      // At first, an old value may do; if it did not, a new one is waited for; if that does not, the loader's own has to.
      if (count > 0)
        Object.assign(round, { how: { ...how, staleWhileRevalidate: 0, softTimeout: 0, grace: 0 } });
      if (count === ROUNDS_SHARED) round.isAlone = true;
      const checked = await this.#attempt(call, round, calledAt);
      if ("value" in checked) return checked.value;
      failed = checked;
    }
    throw failed !== undefined && "error" in failed ? failed.error : undefined;
  }

  /** Renews an entry behind, if what is known of its life says so. */
  renewIfDue(call: Call, value: unknown): void {
    const { fallback, host, lives, loads, outcomes } = this.#parts;
    const { options, key } = call;
    const early = options?.earlyRefresh ?? fallback.earlyRefresh;
    const ahead = options?.refreshAhead ?? fallback.refreshAhead;
    if (early === false && ahead === 0) return;
    const how = bindLoad(fallback, options, call.where);
    const life = lives.of(key, how.ttl ?? host.ttlMs ?? 0);
    if (life === undefined || !isRenewalDue(life, early, ahead, host.random)) return;
    if (loads.isBusy(key) || outcomes.pausing(key, host.clock.now()) !== undefined) return;
    const run: Run = (signal, old) => call.run(signal, old ?? value);
    const round: Round = { how, seen: life.version, isAgain: false, isAlone: false };
    runBehind(this.#waiting, loads.start({ ...this.#task(call, round), run, isBehind: true }));
  }

  /** A value that will do, or why the one there is will not. */
  async #attempt(call: Call, round: Round, calledAt: number): Promise<Checked> {
    for (;;) {
      const given = await this.#find(call, round);
      if (given !== undefined) return given;
      const past = await this.#past(call, round.how);
      if (past !== undefined) return checked(call, past.value);
      const load = this.#join(call, round);
      try {
        const loaded = await waitFor(this.#waiting, load, round.how);
        if (loaded.isCurrent || load.calledAt >= calledAt) return await checked(call, loaded.value);
        round.isAgain = true;
      } catch (error) {
        if (!(error instanceof CacheFault)) throw error;
        if (!this.#bears(call, round.how)) throw error.cause;
        round.isAlone = true;
      }
    }
  }

  /** What is there; undefined: nothing that will do. */
  async #find(call: Call, round: Round): Promise<Checked | undefined> {
    const { host, loads } = this.#parts;
    const { how } = round;
    if (how.force || round.isAlone) return undefined;
    const kept = round.isAgain || call.check === undefined ? undefined : host.near?.peek(call.key);
    if (kept !== undefined) {
      const good = await checked(call, kept);
      if ("value" in good) return good;
    }
    if (loads.joinable(call.key)?.renews === false) return undefined;
    const found = await this.#read(call, round);
    if (found === undefined) return undefined;
    const good = await checked(call, found.value);
    if ("value" in good) this.renewIfDue(call, found.value);
    else {
      round.seen = found.version;
      return undefined;
    }
    return good;
  }

  async #read(call: Call, round: Round): Promise<Found | undefined> {
    const { host, lives } = this.#parts;
    const { how, isAgain } = round;
    const meta = call.check !== undefined || how.earlyRefresh !== false || how.refreshAhead > 0;
    try {
      return await read(host, lives, call.key, { meta, isFresh: isAgain, signal: how.signal });
    } catch (error) {
      if (!this.#bears(call, how)) throw error;
      host.onFault(error);
      round.isAlone = true;
      return undefined;
    }
  }

  /** How loads ended lately: nothing was found, or they fail and pause. */
  async #past({ key }: Call, how: BoundLoadOptions): Promise<{ readonly value: unknown } | undefined> {
    const { counts, host, outcomes } = this.#parts;
    how.signal?.throwIfAborted();
    if (how.force || !outcomes.any) return undefined;
    const now = host.clock.now();
    if (outcomes.isNothing(key, now)) return { value: undefined };
    const failure = outcomes.pausing(key, now);
    if (failure === undefined) return undefined;
    const old = await this.#lookAtOld(key, Math.max(how.grace, how.staleWhileRevalidate));
    if (old === undefined) throw failure.error;
    counts.stale++;
    return old;
  }

  async #lookAtOld(key: string, graceMs: number): Promise<{ readonly value: unknown } | undefined> {
    const { host } = this.#parts;
    if (graceMs === 0 || !isLeasable(key)) return undefined;
    try {
      const node = host.cluster.nodeOf(key);
      const answer = await ask(node, { key, ttlMs: LOOK_LEASE_MS, seen: undefined });
      if (answer.kind === "granted") release(node, key, answer.token).catch(host.onFault);
      if (answer.kind === "hit") return answer;
      return answer.kind !== "nothing" && (answer.stale?.expiredMs ?? graceMs) < graceMs
        ? answer.stale
        : undefined;
    } catch (error) {
      host.onFault(error);
      return undefined;
    }
  }

  #join(call: Call, round: Round): Load {
    const { loads } = this.#parts;
    const running = loads.joinable(call.key);
    const isGood = running !== undefined && (!round.how.force || running.isLoading);
    const load = isGood ? running : loads.start(this.#task(call, round));
    if (call.lenient) load.lenient = true;
    return load;
  }

  #task(call: Call, { how, seen, isAlone }: Round): Task {
    const { key, run, after, keepMs = 0 } = call;
    return { key, run, how, seen: how.force ? "*" : seen, isBehind: false, isAlone, after, keepMs };
  }

  /** Whether a fault of the cache is none for this caller. */
  #bears({ lenient }: Call, { signal }: BoundLoadOptions): boolean {
    if (this.isClosed) throw new ClosedError("remember");
    signal?.throwIfAborted();
    return lenient;
  }
}

function checked({ check }: Call, value: unknown): Checked | Promise<Checked> {
  return check === undefined || value === undefined ? { value } : check(value);
}
