/** What loading needs of the tiers around it: one namespace, with its L1, its records in L2, and how it hears of faults. */
import type { Clock } from "../../base/clock.js";
import type { Life } from "../../cache/services/loading.js";
import type { OldValue } from "../../cache/services/waiting.js";
import type { Records } from "../l2/records.js";
import type { BoundFlightDefaults } from "./options.js";

export interface FlightHost {
  /** Of the cache, for diagnostics channels. */
  readonly name: string;
  readonly clock: Clock;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  readonly l1: FlightL1;
  /** Null: there is none. */
  readonly l2: Records | null;
  /** The option `fetch`, bound. */
  readonly fetch: BoundFlightDefaults;
  /** Of values whose call says nothing; null: for ever. */
  readonly ttlMs: number | null;
  /** `whenL2Down.ttl`. */
  readonly downTtlMs: number;
  /** For a store without leases: a write of the key in its turn, and one that may have been done although it failed. */
  readonly inTurn: <T>(key: string, write: () => Promise<T>) => Promise<T>;
  readonly owe: (key: string) => void;
  /** The key was filled in L2: the other processes are to drop what they have. */
  readonly tell: (key: string) => void;
  /** A fault of L2 or of a loader that no caller sees: he has got a value without it. */
  readonly onFault: (error: unknown, source: "loader" | "l2") => void;
}

/** The first tier; one that is none has nothing, and its tickets store nothing, but hear of writes all the same. */
export interface FlightL1 {
  /** A live value; finding one counts as a read. */
  read(key: string): unknown;
  /** The same without counting. */
  peek(key: string): unknown;
  /** An expired value that is still kept; when it was stale by its own ttl, not when L1 was done with it. */
  stale(key: string): OldValue | undefined;
  /** Of a live entry that expires, by its own ttl, and how long its loader took, whoever loaded it. */
  life(key: string): Life | undefined;
  /** Whether it is known that there is nothing. */
  isNothing(key: string): boolean;
  ticket(key: string): Ticket;
}

/**
 * Invariant: once the key was written, deleted or invalidated, or all of it cleared, after the ticket was taken, by this process or by
 * one that was heard of, it is void and stores nothing.
 */
export interface Ticket {
  readonly isVoid: boolean;
  /** Whether one of the tags was invalidated since. */
  invalidated(tags: readonly string[]): boolean;
  /** False: it is void, or L1 would not have it. */
  store(value: unknown, life: L1Life): boolean;
  /** An old value goes; for so long it is known that there is nothing; 0: not at all. */
  foundNothing(forMs: number, tags: readonly string[]): void;
  /** To be called once, whatever came of it. */
  end(): void;
}

/** How L1 is to hold a value. */
export interface L1Life {
  /** Until it is stale; null: it never is. */
  readonly leftMs: number | null;
  /** What it was given when it was stored. */
  readonly ttlMs: number | null;
  /** How long L1 holds it at most; null: as long as it lives; undefined: as the cache has it. */
  readonly l1TtlMs: number | null | undefined;
  /** For how long after that `fetch` may want it. */
  readonly keepMs: number;
  readonly loadMs: number;
  readonly tags: readonly string[];
}
