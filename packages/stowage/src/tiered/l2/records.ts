/**
 * L2 as the verbs see it: values under keys. What stands between is the guard (deadlines, breaker), the frame (bytes), the
 * schema, and what makes a record be believed: none of its marks (tags, namespaces) was invalidated after its writer began, and
 * nothing is owed to L2 for its key (a write that L2 did not get).
 *
 * One for each namespace. Every verb rejects with StoreUnavailableError when L2 cannot be asked; nothing here falls back.
 */
import type { Clock } from "../../base/clock.js";
import type { StoreEntry, StoreLease } from "../../stores/store.js";
import type { Framer } from "../frame/index.js";
import type { StoreGuard } from "../guard/index.js";
import { watchCall } from "../observe/calls.js";
import { channels } from "../observe/channels.js";
import type { TieredSchema } from "../types.js";
import type { SpaceKeys } from "./keys.js";
import { Opener } from "./opener.js";
import type { Debts, Validity } from "./parts.js";

/** How a value is written. */
export interface RecordHead {
  /** What the writer knew before it began: `epoch` of records, or of the lease. */
  readonly epoch: number;
  /** How long it lives; null: for ever. */
  readonly ttlMs: number | null;
  /** For how long after that `fetch` may want it. */
  readonly keepMs: number;
  readonly tags: readonly string[];
  /** How long its loader took; 0: none did. */
  readonly loadMs: number;
  /** It is known that there is no value. */
  readonly isNegative?: boolean;
  /** Of an old value that is written back since its loader failed: no load before this time (since 1970), failures in a row. */
  readonly retryMs?: number;
  readonly failures?: number;
  /** When the value was made, since 1970; of one that is written back. Default: now. */
  readonly createdMs?: number;
}

/** A value of L2 that may be believed. */
export interface Found {
  /** null of a negative one. */
  readonly value: unknown;
  readonly isNegative: boolean;
  /** Milliseconds until it is stale, 0 or less if it is; null: it never is. */
  readonly leftMs: number | null;
  readonly createdMs: number;
  /** Since 1970; null: never. */
  readonly expiresMs: number | null;
  readonly loadMs: number;
  readonly epoch: number;
  readonly tags: readonly string[];
  readonly retryMs: number;
  readonly failures: number;
}

/** What stands under a key. */
export interface Read {
  /** Undefined: nothing, or nothing that may be believed: a miss. Stale ones are given, the caller judges. */
  readonly found: Found | undefined;
  /** What a lease has to name as `seen`: also what is invalid, damaged or refused. */
  readonly bytes: Uint8Array | undefined;
}

export type RecordLease =
  /** `epoch` goes into the head of what fills it. */
  | { readonly kind: "granted"; readonly token: string; readonly epoch: number; readonly read: Read }
  | { readonly kind: "held"; readonly leftMs: number; readonly read: Read }
  /** Another value came meanwhile, which may be believed; one that may not is leased over. */
  | { readonly kind: "changed"; readonly read: Read };

export interface RecordCounts {
  hits: number;
  misses: number;
  stale: number;
  invalidated: number;
  refused: number;
  writes: number;
  deletes: number;
  failed: number;
}

export interface RecordsParts {
  readonly guard: StoreGuard;
  readonly framer: Framer;
  readonly keys: SpaceKeys;
  readonly validity: Validity;
  readonly debts: Debts;
  readonly clock: Clock;
  readonly schema: TieredSchema<unknown> | undefined;
  /** The cache's name, for whoever listens to its calls. */
  readonly cache: string;
}

/** Records that come and go while a lease is asked for, before one gives up. */
const LEASE_TRIES = 8;

export class Records {
  readonly #parts: RecordsParts;
  readonly #opener: Opener;
  readonly counts: RecordCounts = {
    hits: 0,
    misses: 0,
    stale: 0,
    invalidated: 0,
    refused: 0,
    writes: 0,
    deletes: 0,
    failed: 0,
  };

  constructor(parts: RecordsParts) {
    this.#parts = parts;
    this.#opener = new Opener(parts, this.counts);
  }

  get canLease(): boolean {
    return this.#parts.guard.abilities.leases;
  }

  /** The epoch that a write which begins now bears. */
  get epoch(): number {
    return this.#parts.validity.epoch;
  }

  /** Whether L2 would be asked now. */
  get isAvailable(): boolean {
    return this.#parts.guard.isAvailable;
  }

  /** One round trip, and another one for marks that are not known here. */
  async readMany(keys: readonly string[], signal?: AbortSignal): Promise<readonly Read[]> {
    await this.#believe(keys, signal);
    const { guard, keys: names } = this.#parts;
    const all = keys.map((key) => names.record(key));
    const bytes = await this.#asked("getMany", keys.length, guard.getMany(all, signal));
    const reads = await this.#opener.openAll(bytes, signal);
    for (const { found } of reads) this.#count(found);
    return reads;
  }

  read(key: string, signal?: AbortSignal): Promise<Read> {
    const settled = this.#believe([key], signal);
    return settled === undefined
      ? this.#readOne(key, signal)
      : settled.then(() => this.#readOne(key, signal));
  }

  /** Ends leases. @throws SerializationError, ValueTooLargeError: nothing was sent */
  async writeMany(
    entries: readonly { readonly key: string; readonly value: unknown; readonly head: RecordHead }[],
    signal?: AbortSignal,
  ): Promise<void> {
    const records = await Promise.all(entries.map(({ key, value, head }) => this.#entry(key, value, head)));
    await this.#asked("setMany", entries.length, this.#parts.guard.setMany(records, signal));
    this.counts.writes += entries.length;
  }

  write(key: string, value: unknown, head: RecordHead, signal?: AbortSignal): Promise<void> {
    return this.writeMany([{ key, value, head }], signal);
  }

  /** How many there were. Ends leases. */
  async deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<number> {
    const names = keys.map((key) => this.#parts.keys.record(key));
    const count = await this.#asked("deleteMany", keys.length, this.#parts.guard.deleteMany(names, signal));
    this.counts.deletes += count;
    return count;
  }

  /** The right to fill the key. Only where `canLease`. */
  async lease(
    key: string,
    { ttlMs, seen }: { readonly ttlMs: number; readonly seen: Uint8Array | undefined },
    signal?: AbortSignal,
  ): Promise<RecordLease> {
    await this.#believe([key], signal);
    const { guard, keys } = this.#parts;
    let known = seen;
    for (let tries = 1; ; tries++) {
      const { epoch } = this;
      const asked = guard.lease(keys.record(key), { ttlMs, seen: known }, signal);
      const answer = await this.#asked("lease", 1, asked);
      const read = await this.#openLeased(key, answer, signal);
      if (answer.kind === "granted") return { kind: "granted", token: answer.token, epoch, read };
      if (answer.kind === "held") return { kind: "held", leftMs: answer.leftMs, read };
      if (read.found !== undefined || tries === LEASE_TRIES) return { kind: "changed", read };
      known = answer.bytes;
    }
  }

  /** What was granted over what cannot be judged is given back: nobody would know of it. */
  async #openLeased(key: string, answer: StoreLease, signal: AbortSignal | undefined): Promise<Read> {
    try {
      return (await this.#opener.openAll([answer.bytes], signal))[0];
    } catch (error) {
      // That it could not be given back is counted there; it ends by its time.
      if (answer.kind === "granted") this.release(key, answer.token).catch(() => {});
      throw error;
    }
  }

  /** False: the key was written, deleted or leased anew since: nothing was stored. */
  async fill(
    key: string,
    value: unknown,
    head: RecordHead,
    token: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const entry = await this.#entry(key, value, head);
    const isStored = await this.#asked("fill", 1, this.#parts.guard.fill(entry, token, signal));
    if (isStored) this.counts.writes++;
    return isStored;
  }

  /**
   * Puts an old record back as it was, since its loader failed: whoever reads it does not load before `retryMs`. False: as `fill`.
   *
   * @param bytes what the lease was granted over; `leftMs`: until it is gone
   */
  pause(
    key: string,
    bytes: Uint8Array,
    {
      retryMs,
      failures,
      leftMs,
    }: { readonly retryMs: number; readonly failures: number; readonly leftMs: number },
    token: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { framer, guard, keys } = this.#parts;
    const paused = framer.paused(bytes, retryMs, failures);
    if (paused === undefined) return this.release(key, token, signal);
    const entry = { key: keys.record(key), bytes: paused, ttlMs: Math.max(1, Math.ceil(leftMs)) };
    return this.#asked("fill", 1, guard.fill(entry, token, signal));
  }

  /**
   * The same value with another lifetime from now on, under a lease over it. Its bytes stay as they are: a schema may have made
   * something else of them.
   */
  renew(
    key: string,
    bytes: Uint8Array,
    { ttlMs, keepMs }: { readonly ttlMs: number | null; readonly keepMs: number },
    token: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { clock, framer, guard, keys } = this.#parts;
    const createdMs = clock.wall();
    const renewed = framer.relabelled(bytes, {
      createdMs,
      expiresMs: ttlMs === null ? null : createdMs + ttlMs,
    });
    if (renewed === undefined) return this.release(key, token, signal);
    const entry = { key: keys.record(key), bytes: renewed, ttlMs: physicalTtl(ttlMs, keepMs) };
    return this.#asked("fill", 1, guard.fill(entry, token, signal));
  }

  /** Gives a lease back; the old value stays. */
  release(key: string, token: string, signal?: AbortSignal): Promise<boolean> {
    const { guard, keys } = this.#parts;
    return this.#asked("release", 1, guard.release(keys.record(key), token, signal));
  }

  /** Makes good what is owed for these keys; as long as that fails, L2 is not believed. */
  #believe(keys: readonly string[], signal: AbortSignal | undefined): Promise<void> | undefined {
    const { debts, keys: names } = this.#parts;
    if (debts.size === 0) return undefined;
    return debts.settle(
      keys.map((key) => names.record(key)),
      signal,
    );
  }

  /** What most reads are: with as few promises as may be. */
  #readOne(key: string, signal: AbortSignal | undefined): Promise<Read> {
    const { guard, keys } = this.#parts;
    const asked = this.#watched("getMany", 1, guard.getMany([keys.record(key)], signal));
    return asked.then(([bytes]) => {
      const read = this.#opener.openOne(bytes, signal);
      return read instanceof Promise ? read.then(this.#counted) : this.#counted(read);
    }, this.#fail);
  }

  async #entry(key: string, value: unknown, head: RecordHead): Promise<StoreEntry> {
    const { clock, framer, keys } = this.#parts;
    const wallMs = clock.wall();
    const { epoch, ttlMs, keepMs, tags, loadMs, isNegative = false, createdMs = wallMs } = head;
    const expiresMs = ttlMs === null ? null : wallMs + ttlMs;
    const bytes = await framer.encode(
      { ...head, isNegative, epoch, createdMs, expiresMs, loadMs, tags },
      value,
    );
    return { key: keys.record(key), bytes, ttlMs: physicalTtl(ttlMs, keepMs) };
  }

  #asked<T>(verb: string, keys: number, answer: Promise<T>): Promise<T> {
    return this.#watched(verb, keys, answer).catch(this.#fail);
  }

  #watched<T>(verb: string, keys: number, answer: Promise<T>): Promise<T> {
    if (!channels.store.hasSubscribers) return answer;
    const { cache, clock, guard } = this.#parts;
    return watchCall({ cache, store: guard.abilities.name, verb, keys, clock }, answer);
  }

  readonly #fail = (error: unknown): never => {
    this.counts.failed++;
    throw error;
  };

  readonly #counted = (read: Read): Read => {
    this.#count(read.found);
    return read;
  };

  #count(found: Found | undefined): void {
    if (found === undefined) this.counts.misses++;
    else if (found.leftMs !== null && found.leftMs <= 0) this.counts.stale++;
    else this.counts.hits++;
  }
}

/** The store keeps it for as long as anybody may want it. */
function physicalTtl(ttlMs: number | null, keepMs: number): number | null {
  return ttlMs === null ? null : Math.max(1, Math.ceil(ttlMs + keepMs));
}
