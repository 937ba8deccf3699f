/**
 * A store as tiers use it: the store itself is small and dumb, and everything that has to hold whatever it does holds here.
 * No call takes longer than `timeout`; after some failures in a row it is left alone; so many calls are under way and wait at
 * most; every error is either the store's answer or a StoreUnavailableError; and close leaves nothing behind.
 */
import { ClosedError, StoreUnavailableError } from "../../base/errors.js";
import { type BreakerState, CircuitBreaker } from "../../resilience/breaker.js";
import { Deadline, DeadlineExceeded } from "../../resilience/deadline.js";
import type {
  CounterOptions,
  LeaseRequest,
  ScanPage,
  Store,
  StoreAbilities,
  StoreEntry,
  StoreLease,
} from "../../stores/store.js";
import { Figures, type VerbFigures } from "./figures.js";
import { type Ask, GuardedCall, type GuardState } from "./guarded-call.js";
import { OpenCalls } from "./open-calls.js";
import { type GuardOptions, guardOptions } from "./options.js";
import { Turns } from "./turns.js";

export interface GuardStats {
  readonly store: string;
  readonly breaker: BreakerState;
  readonly underWay: number;
  readonly waiting: number;
  /** Calls that have not settled: those under way, and those that wait. */
  readonly open: number;
  readonly verbs: Readonly<Record<string, VerbFigures>>;
}

/** Given where a caller may give up; a call without is ended by the deadline alone. */
type Signal = AbortSignal | undefined;

/**
 * @throws InvalidOptionError for an option that is unknown or wrong
 * @example const l2 = new StoreGuard(new MemoryStore(), { timeout: "200ms" });
 */
export class StoreGuard {
  readonly #store: Store;
  readonly #state: GuardState;
  #closing: Promise<void> | undefined;

  constructor(store: Store, options?: GuardOptions, where = "l2") {
    const { timeout, failures, cooldown, cooldownMax, maxUnderWay, maxWaiting, onState, clock } =
      guardOptions.bind(options, where);
    this.#store = store;
    this.#state = {
      store: store.abilities.name,
      clock,
      timeoutMs: timeout,
      breaker: new CircuitBreaker({
        failures,
        cooldownMs: cooldown,
        cooldownMaxMs: cooldownMax,
        clock,
        // Not within the call: what it throws is no concern of who called.
        onState: (state) => onState && queueMicrotask(() => onState(state)),
      }),
      turns: new Turns(maxUnderWay, maxWaiting),
      figures: new Figures(),
      open: new OpenCalls(clock),
    };
  }

  get abilities(): StoreAbilities {
    return this.#store.abilities;
  }

  /** Whether a call would be tried now. */
  get isAvailable(): boolean {
    const { breaker } = this.#state;
    return this.#closing === undefined && (breaker.state === "closed" || breaker.leftMs === 0);
  }

  stats(): GuardStats {
    const { store, breaker, turns, figures, open } = this.#state;
    return {
      store,
      breaker: breaker.state,
      underWay: turns.underWay,
      waiting: turns.waiting,
      open: open.size,
      verbs: figures.all(),
    };
  }

  getMany(keys: readonly string[], signal?: Signal): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#run("getMany", signal, (call) => this.#store.getMany(keys, call));
  }

  setMany(entries: readonly StoreEntry[], signal?: Signal): Promise<void> {
    return this.#run("setMany", signal, (call) => this.#store.setMany(entries, call));
  }

  deleteMany(keys: readonly string[], signal?: Signal): Promise<number> {
    return this.#run("deleteMany", signal, (call) => this.#store.deleteMany(keys, call));
  }

  expire(key: string, ttlMs: number | null, signal?: Signal): Promise<boolean> {
    return this.#run("expire", signal, (call) => this.#store.expire(key, ttlMs, call));
  }

  ttl(key: string, signal?: Signal): Promise<number | null | undefined> {
    return this.#run("ttl", signal, (call) => this.#store.ttl(key, call));
  }

  clear(prefix: string, signal?: Signal): Promise<number> {
    return this.#run("clear", signal, (call) => this.#store.clear(prefix, call));
  }

  /** Only where `abilities.leases` says so, as the two after it. */
  lease(key: string, request: LeaseRequest, signal?: Signal): Promise<StoreLease> {
    return this.#run("lease", signal, (call) => this.#full.lease(key, request, call));
  }

  fill(entry: StoreEntry, token: string, signal?: Signal): Promise<boolean> {
    return this.#run("fill", signal, (call) => this.#full.fill(entry, token, call));
  }

  release(key: string, token: string, signal?: Signal): Promise<boolean> {
    return this.#run("release", signal, (call) => this.#full.release(key, token, call));
  }

  /** Only where `abilities.counters` says so. */
  incr(key: string, amount: number, options: CounterOptions, signal?: Signal): Promise<number> {
    return this.#run("incr", signal, (call) => this.#full.incr(key, amount, options, call));
  }

  /** Only where `abilities.scans` says so. */
  scan(
    prefix: string,
    options: { readonly cursor?: string; readonly limit: number },
    signal?: Signal,
  ): Promise<ScanPage> {
    return this.#run("scan", signal, (call) => this.#full.scan(prefix, options, call));
  }

  /** What is under way and what waits rejects with ClosedError, at once; then the store is closed, within `timeout`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #full(): Required<Store> {
    return this.#store as Required<Store>;
  }

  /**
   * Asks something that is no verb of a store, under the same deadline, breaker and turns: for those who have more to ask of what
   * the store stands on.
   *
   * @param verb what it is called in errors and figures
   */
  run<T>(verb: string, ask: Ask<T>, signal?: Signal): Promise<T> {
    return this.#run(verb, signal, ask);
  }

  #run<T>(verb: string, signal: Signal, ask: Ask<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new ClosedError(verb));
    return new GuardedCall(this.#state, verb, ask, signal).run();
  }

  async #close(): Promise<void> {
    this.#state.open.endAll((call) => call.close());
    const { clock, timeoutMs, store } = this.#state;
    const deadline = new Deadline(clock, timeoutMs);
    const overdue = new Promise<never>((_, reject) => {
      deadline.onCancel(() => reject(deadline.reason));
    });
    try {
      await Promise.race([this.#store.close(), overdue]);
    } catch (cause) {
      const isTimeout = cause instanceof DeadlineExceeded;
      const reason = isTimeout ? `not closed within ${timeoutMs} ms` : String(cause);
      throw new StoreUnavailableError(store, "close", isTimeout ? "timeout" : "failed", reason, { cause });
    } finally {
      deadline.end();
    }
  }
}
