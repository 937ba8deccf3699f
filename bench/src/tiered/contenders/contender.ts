/**
 * What the benchmark asks of two tiers. Each contender's file says how its library does it, configured for memory over Redis as
 * its documentation shows, with the same bounds and times for all.
 */
import type { Item } from "../items.js";

export interface LoadOptions {
  readonly tag?: string;
}

export interface Tiers {
  /** From L1, else from L2. What is not there: undefined or null. */
  get(key: string): Promise<unknown>;
  /** From L1, without a promise. */
  getAtOnce?(key: string): unknown;
  set(key: string, value: Item, tag?: string): Promise<unknown>;
  /** In the order of the keys. */
  getMany?(keys: readonly string[]): Promise<readonly unknown[]>;
  /** What is not there is loaded, and stored in both tiers. */
  fetch?(key: string, load: () => Promise<Item>, options?: LoadOptions): Promise<unknown>;
  delete?(key: string): Promise<unknown>;
  invalidateTag?(tag: string): Promise<unknown>;
  close(): unknown;
}

export interface OpenOptions {
  readonly port: number;
  /** Whether tags will be used: who has to say so beforehand does. */
  readonly tags: boolean;
}

export interface Contender {
  /** Another process, as far as the library can tell: with connections and a first tier of its own. */
  open(options: OpenOptions): Promise<Tiers>;
  readonly hasTags: boolean;
}

/** Entries of L1 at most: more than any row has. */
export const L1_MAX = 100_000;
export const TTL_MS = 600_000;
