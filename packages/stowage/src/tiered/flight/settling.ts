/**
 * What becomes of what a loader brought, or of its failure.
 *
 *     value ──> fill L2 by the lease's token ──> L1 ──> the other processes are told
 *                  └── refused: the key was written, deleted or leased anew meanwhile: given to the callers, stored nowhere
 *
 * Invariant: L2 stores it only by the token, or, where a store has no leases, while the ticket holds; L1 only under a ticket that was taken
 * before the loader was called. Faults of L2 keep nobody from his value.
 */

import { jittered } from "../../cache/core/jitter.js";
import type { KnownOutcomes } from "../../cache/services/loading.js";
import type { Loaded } from "../../cache/services/waiting.js";
import { Commit, Ignore, type LoadResult } from "../../cache/types.js";
import type { RecordHead, Records } from "../l2/records.js";
import { isAway } from "../l2/trouble.js";
import type { FlightCounts } from "./counts.js";
import { giveBack } from "./entering.js";
import type { Entered, Flight } from "./flight.js";
import type { FlightHost } from "./host.js";
import { type BoundCommit, commitOptions, keepMsOf } from "./options.js";

export interface SettlingParts {
  readonly host: FlightHost;
  readonly counts: FlightCounts;
  readonly outcomes: KnownOutcomes<string>;
}

/** Of a pause of `backoff`: doubled with each failure in a row, up to so many times as long. */
const BACKOFF_FACTOR_MAX = 64;
/** As short as a record can be: it stands in for a deletion that the lease's token allows. */
const GONE_MS = 1;

/** What became of a record that was to be stored in L2. */
type Stored = "stored" | "refused" | "failed" | "not asked";

export class Settling {
  readonly #parts: SettlingParts;
  readonly #flight: Flight;
  readonly #entered: Entered;
  /** What goes into L2 is marked with what was known before the loader was called. */
  readonly #epoch: number;

  constructor(parts: SettlingParts, flight: Flight, entered: Entered) {
    this.#parts = parts;
    this.#flight = flight;
    this.#entered = entered;
    this.#epoch = entered.lease?.epoch ?? parts.host.l2?.epoch ?? 0;
  }

  /** L2, if what is loaded may go there. */
  get #l2(): Records | null {
    const { how } = this.#flight.task;
    return this.#entered.isAlone || how.only === "l1" ? null : this.#parts.host.l2;
  }

  async settle(result: LoadResult<unknown>, costMs: number): Promise<Loaded> {
    if (result instanceof Ignore) return this.#ignored(result.value);
    const own = result instanceof Commit ? commitOptions.bind(result.options, "commit") : undefined;
    const value = result instanceof Commit ? result.value : result;
    return value === undefined ? this.#nothing(own) : this.#value(value, own, costMs);
  }

  /** After a failure: the key is free, and its source is spared for a while. */
  failed(error: unknown, isGivenUp: boolean): void {
    const { host, outcomes } = this.#parts;
    const { task, isCurrent } = this.#flight;
    const { backoff } = task.how;
    const isPausing = backoff > 0 && isCurrent && !isGivenUp;
    if (isPausing) outcomes.failed(task.key, error, host.clock.now(), backoff);
    const { lease, old } = this.#entered;
    if (lease === null || host.l2 === null) return;
    if (isPausing && old !== undefined && this.#pause(host.l2, lease.token)) return;
    giveBack(host, host.l2, task.key, lease.token);
  }

  /** Nothing is stored: whether the key was written meanwhile, the lease tells. */
  async #ignored(value: unknown): Promise<Loaded> {
    const { host } = this.#parts;
    const { lease } = this.#entered;
    if (lease === null || host.l2 === null) return { value, isCurrent: this.#flight.isCurrent };
    try {
      const isReleased = await host.l2.release(this.#flight.task.key, lease.token);
      return { value, isCurrent: isReleased && this.#flight.isCurrent };
    } catch (error) {
      host.onFault(error, "l2");
      return { value, isCurrent: this.#flight.isCurrent };
    }
  }

  async #value(value: unknown, own: BoundCommit | undefined, loadMs: number): Promise<Loaded> {
    const { how, key } = this.#flight.task;
    const ttlMs = this.#ttlOf(own);
    const tags = own?.tags ?? how.tags;
    const keepMs = keepMsOf(how);
    const stored = await this.#store(value, { ttlMs, keepMs, tags, loadMs });
    if (stored === "refused") return { value, isCurrent: false };
    const isShort = stored === "failed" || this.#entered.isAlone;
    const leftMs = isShort ? Math.min(this.#parts.host.downTtlMs, ttlMs ?? Number.POSITIVE_INFINITY) : ttlMs;
    const l1TtlMs = own?.l1Ttl === undefined ? how.l1Ttl : own.l1Ttl;
    const life = { leftMs, ttlMs, l1TtlMs, keepMs, loadMs, tags };
    const isKept = how.only === "l2" || this.#flight.ticket?.store(value, life) === true;
    if (stored === "stored") this.#parts.host.tell(key);
    else if (!isKept) this.#parts.counts.overtaken++;
    return { value, isCurrent: stored === "stored" || isKept };
  }

  /** An old value goes; that there is none is remembered, if that is wanted. */
  async #nothing(own: BoundCommit | undefined): Promise<Loaded> {
    const { how, key } = this.#flight.task;
    const { host } = this.#parts;
    const { lease, old } = this.#entered;
    const forMs = how.negativeTtl;
    const tags = own?.tags ?? how.tags;
    const isWritten = forMs > 0 || old !== undefined;
    if (!isWritten && lease !== null) return this.#ignored(undefined);
    const head = { ttlMs: forMs > 0 ? forMs : GONE_MS, keepMs: 0, tags, loadMs: 0, isNegative: true };
    const stored = isWritten ? await this.#store(null, head) : "not asked";
    if (stored === "refused") return { value: undefined, isCurrent: false };
    const { isCurrent } = this.#flight;
    const isShort = stored === "failed" || this.#entered.isAlone;
    if (how.only !== "l2")
      this.#flight.ticket?.foundNothing(isShort ? Math.min(forMs, host.downTtlMs) : forMs, tags);
    if (stored === "stored") host.tell(key);
    return { value: undefined, isCurrent };
  }

  /** Into L2. */
  async #store(value: unknown, head: Omit<RecordHead, "epoch">): Promise<Stored> {
    const { counts, host } = this.#parts;
    const { lease } = this.#entered;
    const l2 = this.#l2;
    if (l2 === null) return "not asked";
    const full = { ...head, epoch: this.#epoch };
    try {
      const isStored =
        lease === null ? await this.#write(l2, value, full) : await this.#fill(l2, value, full, lease.token);
      if (isStored) return "stored";
      counts.overtaken++;
      if (lease !== null && host.clock.now() >= lease.until) counts.late++;
      return "refused";
    } catch (error) {
      host.onFault(error, "l2");
      const { key } = this.#flight.task;
      if (lease !== null) giveBack(host, l2, key, lease.token);
      else if (isAway(error)) host.owe(key);
      return "failed";
    }
  }

  #fill(l2: Records, value: unknown, head: RecordHead, token: string): Promise<boolean> {
    return l2.fill(this.#flight.task.key, value, head, token);
  }

  /** Without a lease: if nothing that was heard of is against it, and not beside another write of this process. */
  #write(l2: Records, value: unknown, head: RecordHead): Promise<boolean> {
    const { task, ticket } = this.#flight;
    return this.#parts.host.inTurn(task.key, async () => {
      if (!this.#flight.isCurrent || ticket?.invalidated(head.tags) === true) return false;
      await l2.write(task.key, value, head);
      return true;
    });
  }

  /**
   * Writes the old value back, to end when it would have, with the time until which its source is to be spared by whoever reads
   * it. False: there is no time left for that.
   */
  #pause(l2: Records, token: string): boolean {
    const { host } = this.#parts;
    const { how, key } = this.#flight.task;
    const { old, bytes } = this.#entered;
    if (old?.expiresMs == null || bytes === undefined) return false;
    const wallMs = host.clock.wall();
    const leftMs = old.expiresMs + keepMsOf(how) - wallMs;
    if (leftMs <= 0) return false;
    const factor = Math.min(2 ** old.failures, BACKOFF_FACTOR_MAX);
    const pause = { retryMs: wallMs + how.backoff * factor, failures: old.failures + 1, leftMs };
    l2.pause(key, bytes, pause, token).then(
      (isFilled) => isFilled && host.tell(key),
      (error) => host.onFault(error, "l2"),
    );
    return true;
  }

  /** What the result says goes before what the call said; what neither says is the cache's. */
  #ttlOf(own: BoundCommit | undefined): number | null {
    const { host } = this.#parts;
    const { how } = this.#flight.task;
    const ttlMs = [own?.ttl, how.ttl].find((each) => each !== undefined);
    const chosen = ttlMs === undefined ? host.ttlMs : ttlMs;
    return chosen === null ? null : jittered(chosen, how.jitter, host.random);
  }
}
