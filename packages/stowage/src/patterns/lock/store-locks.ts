/**
 * Locks over any store that has leases and counters. What stands under the lock's key says who has it, and expires with it; one
 * that was given back leaves an empty record. Whoever changes the record asks for the store's lease of it first, naming what he saw:
 * the lease is what makes it one step.
 *
 *     take     lease of nothing or of the empty record ──> fence: a counter that only rises ──> fill with the owner
 *     renew    lease of the owner's record ──> fill with the same, for another time
 *     release  lease of the owner's record ──> fill with the empty record
 */
import type { Clock } from "../../base/clock.js";
import type { LeaseRequest, StoreEntry, StoreLease } from "../../stores/store.js";
import type { StoreGuard } from "../../tiered/guard/index.js";
import type { LockPlace, Taken } from "./place.js";

const FREE = new Uint8Array(0);
/** For how long the record of a lock that is free is kept: nobody needs it. */
const FREE_MS = 60_000;
/** Of a step: longer than two calls take. */
const STEP_MS = 5_000;
/** A fence that nobody asked for since begins anew with the time, which is beyond it. */
const FENCE_MS = 86_400_000;

const utf8 = new TextEncoder();

export class StoreLocks implements LockPlace {
  readonly #guard: StoreGuard;
  readonly #name: string;
  readonly #clock: Clock;

  constructor(guard: StoreGuard, name: string, clock: Clock) {
    this.#guard = guard;
    this.#name = name;
    this.#clock = clock;
  }

  async take(key: string, owner: string, ttlMs: number): Promise<Taken> {
    const lease = await this.#lease(key, FREE);
    if (lease.kind === "changed") return { isTaken: false, leftMs: await this.#leftMs(key) };
    if (lease.kind === "held") return { isTaken: false, leftMs: undefined };
    try {
      const fence = await this.#fence(key);
      const isTaken = await this.#fill(key, utf8.encode(owner), ttlMs, lease.token);
      return isTaken ? { isTaken, fence } : { isTaken, leftMs: undefined };
    } catch (error) {
      await this.#guard.release(this.#keyOf(key), lease.token).catch(() => undefined);
      throw error;
    }
  }

  renew(key: string, owner: string, ttlMs: number): Promise<boolean> {
    return this.#change(key, owner, utf8.encode(owner), ttlMs);
  }

  release(key: string, owner: string): Promise<boolean> {
    return this.#change(key, owner, FREE, FREE_MS);
  }

  close(): Promise<void> {
    return this.#guard.close();
  }

  /** False: the record is not the owner's. */
  async #change(key: string, owner: string, bytes: Uint8Array, ttlMs: number): Promise<boolean> {
    const lease = await this.#lease(key, utf8.encode(owner));
    if (lease.kind !== "granted") return false;
    if (lease.bytes === undefined) {
      // It has expired: what was granted is a lease of nothing.
      await this.#guard.release(this.#keyOf(key), lease.token);
      return false;
    }
    return this.#fill(key, bytes, ttlMs, lease.token);
  }

  #lease(key: string, seen: Uint8Array): Promise<StoreLease> {
    const request: LeaseRequest = { ttlMs: STEP_MS, seen };
    return this.#guard.lease(this.#keyOf(key), request);
  }

  #fill(key: string, bytes: Uint8Array, ttlMs: number, token: string): Promise<boolean> {
    const entry: StoreEntry = { key: this.#keyOf(key), bytes, ttlMs };
    return this.#guard.fill(entry, token);
  }

  #fence(key: string): Promise<number> {
    const atLeast = Math.floor(this.#clock.wall());
    return this.#guard.incr(`${this.#name}:f:${key}`, 1, { initial: 0, ttlMs: FENCE_MS, atLeast });
  }

  async #leftMs(key: string): Promise<number | undefined> {
    return (await this.#guard.ttl(this.#keyOf(key))) ?? undefined;
  }

  #keyOf(key: string): string {
    return `${this.#name}:l:${key}`;
  }
}
