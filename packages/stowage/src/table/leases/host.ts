/** What the lease table needs of the table that it is part of, and what it answers. */
import type { KIND_LOAD, KIND_LOCK } from "./layout.js";

/** What leases need of the table. */
export interface LeaseHost {
  /** Unique number of this attachment, above 0. */
  readonly owner: number;
  isAlive(owner: number): boolean;
  /** Milliseconds of the table. */
  now(): number;
  /** How many want to be told of writes. */
  watch(count: 1 | -1): void;
  /** One lock for granting, taken over from the dead. */
  locked<T>(run: () => T): T;
  tagSequence(): number;
  /** Whether one of the tags (two words each) was invalidated after that sequence. */
  isInvalid(hashes: Int32Array, sequence: number): boolean;
  /** Where the generations of a slot begin, so that tokens from before a restart are not good by accident. */
  readonly firstGeneration: number;
}

export type LeaseKind = typeof KIND_LOAD | typeof KIND_LOCK;

/** Token 0: not granted. `until`: when the reason for it ends by itself. */
export interface Grant {
  readonly token: number;
  readonly reason: "held" | "nothing" | "crowded";
  readonly until: number;
}
