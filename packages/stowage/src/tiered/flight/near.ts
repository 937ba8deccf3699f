/** The tiers of a namespace, as loading sees them. */
import type { BoundFetchOptions } from "../../cache/options.js";
import type { Claim, Life, LoadingCache } from "../../cache/services/loading.js";
import type { OldValue } from "../../cache/services/waiting.js";
import { l1TtlMs } from "../l1/lives.js";
import { isAway } from "../l2/trouble.js";
import type { TieredState } from "../state.js";
import type { FlightHost, FlightL1, L1Life, Ticket } from "./host.js";
import { Lives } from "./lives.js";

export function hostOf(s: TieredState): FlightHost {
  const { hub, options } = s;
  return {
    name: hub.name,
    clock: hub.clock,
    random: hub.random,
    l1: new SpaceL1(s),
    l2: s.records,
    fetch: options.fetch,
    ttlMs: options.ttl,
    downTtlMs: hub.whenL2DownMs,
    inTurn: (key, write) => hub.lanes.run([s.keys.record(key)], write),
    owe: (key) => hub.l2?.debts.oweKeys([s.keys.record(key)], s.keys.mark),
    tell: (key) => hub.bus?.publishKeys([s.keys.scoped(key)]),
    // That L2 is away is counted where it is asked.
    onFault: (error, source) => {
      if (source === "loader" || !isAway(error)) hub.reporter.report(error, "loader");
    },
  };
}

class SpaceL1 implements FlightL1 {
  readonly #state: TieredState;
  readonly #near: TieredState["near"];
  readonly #loading: LoadingCache<string, unknown>;
  readonly #lives: Lives;

  constructor(state: TieredState) {
    this.#state = state;
    this.#near = state.near;
    this.#loading = state.l1.loading;
    this.#lives = new Lives(state.l1.loading.time);
  }

  read(key: string): unknown {
    return this.#near.get(key);
  }

  peek(key: string): unknown {
    return this.#loading.shelf.peek(key);
  }

  stale(key: string): OldValue | undefined {
    return this.#loading.shelf.stale(key);
  }

  life(key: string): Life | undefined {
    return this.#lives.of(key) ?? this.#loading.shelf.life(key);
  }

  isNothing(key: string): boolean {
    return this.#loading.outcomes.isNothing(key, this.#loading.time.now());
  }

  ticket(key: string): Ticket {
    return new ClaimTicket(this.#state, this.#lives, key);
  }
}

class ClaimTicket implements Ticket {
  readonly #state: TieredState;
  readonly #lives: Lives;
  readonly #key: string;
  /** Undefined: another thread has it, and loads as well; what is loaded here stays out of L1. */
  readonly #claim: Claim<unknown> | undefined;

  constructor(state: TieredState, lives: Lives, key: string) {
    this.#state = state;
    this.#lives = lives;
    this.#key = key;
    this.#claim = state.l1.claim(key);
  }

  get isVoid(): boolean {
    return this.#claim?.overtaken === true;
  }

  invalidated(tags: readonly string[]): boolean {
    return this.#claim?.invalidated(tags) === true;
  }

  store(value: unknown, { leftMs, ttlMs, l1TtlMs: askedMs, keepMs, loadMs, tags }: L1Life): boolean {
    const forMs = l1TtlMs(this.#state, leftMs, askedMs);
    if (this.#claim === undefined || forMs === undefined) return false;
    const isStored = this.#claim.store(value, { ttl: forMs, tags }, keeping(this.#state.how, keepMs), loadMs);
    if (isStored && leftMs !== null && ttlMs !== null)
      this.#lives.stored(this.#key, { leftMs, ttlMs, costMs: loadMs });
    return isStored;
  }

  foundNothing(forMs: number, tags: readonly string[]): void {
    const shortMs = forMs > 0 ? (l1TtlMs(this.#state, forMs) ?? 0) : 0;
    this.#claim?.foundNothing({ ...this.#state.how, negativeTtl: shortMs, tags });
  }

  end(): void {
    this.#claim?.end();
  }
}

/** How L1 keeps it: neither does its jitter shorten what has been shortened, nor does it renew by itself. */
function keeping(how: BoundFetchOptions, keepMs: number): BoundFetchOptions {
  return { ...how, jitter: 0, grace: keepMs, staleWhileRevalidate: 0, earlyRefresh: false };
}
