/**
 * Locks of keys, for transactions: first among those of this thread, in the order asked (cache/services/locks.ts), then
 * among the threads, by a lease of each key. Keys are locked in the order of their hashes, so two transactions never wait
 * for each other crosswise.
 *
 * A transaction without keys runs alone: it takes the one lease that stands for all, and waits until no other is held; who
 * comes later sees that lease, and waits.
 */
import { ClosedError } from "../../base/errors.js";
import { Locks } from "../../cache/services/locks.js";
import { KIND_LOCK } from "../leases/layout.js";
import { pause, untilChanged } from "../leases/waiting.js";
import type { SharedState } from "./state.js";

interface Hashes {
  readonly h1: number;
  readonly h2: number;
}

/** Nobody's key: hashes of keys are not negative. */
const ALONE: Hashes = Object.freeze({ h1: 0, h2: -1 });
/** Where nobody wakes us. */
const LOOK_AGAIN_MS = 5;

export class SharedLocks<V> {
  readonly #state: SharedState<V>;
  readonly #local = new Locks<string>();
  readonly #closing = new AbortController();

  constructor(state: SharedState<V>) {
    this.#state = state;
    state.closers.add(() => {
      this.#local.close();
      this.#closing.abort(new ClosedError("transaction"));
    });
  }

  /** Transactions of this thread that run or wait. */
  get size(): number {
    return this.#local.size;
  }

  async acquire(keys: readonly string[]): Promise<() => void> {
    const leave = await this.#local.acquire(keys);
    const held: number[] = [];
    const release = (): void => {
      for (const token of held) this.#state.t.leases.release(token);
      leave();
    };
    try {
      if (keys.length === 0) await this.#alone(held);
      else await this.#each(keys, held);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  async #alone(held: number[]): Promise<void> {
    held.push(await this.#take(ALONE));
    const { leases, timekeeper } = this.#state.t;
    while (leases.anyHeld(KIND_LOCK, ALONE.h1, ALONE.h2))
      await pause(timekeeper.clock, LOOK_AGAIN_MS, this.#closing.signal);
  }

  async #each(keys: readonly string[], held: number[]): Promise<void> {
    const { t } = this.#state;
    const hashes = keys.map((key) => hashesOf(this.#state, key)).sort((a, b) => a.h1 - b.h1 || a.h2 - b.h2);
    for (;;) {
      await this.#whileHeld(ALONE);
      for (const each of hashes) held.push(await this.#take(each));
      if (t.leases.changeOf(ALONE.h1, ALONE.h2, KIND_LOCK) === undefined) return;
      // Somebody runs alone since: he waits until these are given back.
      for (const token of held.splice(0)) t.leases.release(token);
    }
  }

  async #take(hashes: Hashes): Promise<number> {
    const { leases, timekeeper } = this.#state.t;
    for (;;) {
      const grant = leases.acquire(hashes.h1, hashes.h2, KIND_LOCK, Number.POSITIVE_INFINITY);
      if (grant.token !== 0) return grant.token;
      if (grant.reason === "crowded") await pause(timekeeper.clock, LOOK_AGAIN_MS, this.#closing.signal);
      else await this.#change(hashes);
    }
  }

  async #whileHeld(hashes: Hashes): Promise<void> {
    while (await this.#change(hashes));
  }

  /** Waits until whoever holds the lease is another one; false if nobody holds it. */
  async #change({ h1, h2 }: Hashes): Promise<boolean> {
    const { leases, timekeeper } = this.#state.t;
    const change = leases.changeOf(h1, h2, KIND_LOCK);
    if (change === undefined) return false;
    await untilChanged(change, timekeeper.clock, change.until - timekeeper.now(), this.#closing.signal);
    return true;
  }
}

function hashesOf<V>({ t }: SharedState<V>, key: string): Hashes {
  t.key.take(key, "transaction");
  return { h1: t.key.h1, h2: t.key.h2() };
}
