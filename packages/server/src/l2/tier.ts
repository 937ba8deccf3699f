/**
 * A worker's way to L2: reads by way of the table, writes to L2 and then to the table, and what the other servers have to hear.
 *
 *     read     table ── hit ──> the entry
 *                │ nothing, or the bus is cut for too long
 *                v
 *              ticket ──> L2 (all that is asked for in one turn at once) ──> tags valid? ──> table, if the ticket is good still
 *
 *     write    ticket ──> L2 ──> table, or dropped from it ──> bus ──> answered
 *
 * Invariant: a write is answered when L2 has it and the bus has been told; one that fails may have been done, so its key is
 * dropped and told too.
 */
import { StoreUnavailableError } from "stowage";
import type { Stamps } from "stowage/tiered";
import type { Coherence } from "./coherence.js";
import type { L2Counts } from "./figures.js";
import type { Draft, Found, LiveVerb, Marked, Records } from "./records.js";
import type { Item, Shelf, Ticket } from "./shelf.js";

export interface TierParts {
  readonly records: Records;
  readonly shelf: Shelf;
  readonly stamps: Stamps;
  readonly coherence: Coherence;
  readonly counts: L2Counts;
  /** What reads are told while L2 does not answer. */
  readonly whenDown: "miss" | "error";
}

/** Undefined: there is none. Null: L2 does not answer, and that is told as if there was none. */
export type Looked = Item | undefined | null;

/** An entry of L2, and whether its tags are valid. */
export interface Fresh {
  readonly found: Found | undefined;
  readonly isValid: boolean;
}

export interface Stored {
  readonly version: number;
  readonly isNew: boolean;
}

interface Waiting {
  readonly key: string;
  readonly resolve: (found: Found | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** One that is overtaken is read again so often; then it is told, and not kept. */
const ATTEMPTS = 3;

export class Tier {
  readonly records: Records;
  readonly shelf: Shelf;
  readonly stamps: Stamps;
  readonly coherence: Coherence;
  readonly counts: L2Counts;
  readonly #whenDown: "miss" | "error";
  /** Reads under way, to be joined by those who ask for the same. */
  readonly #reads = new Map<string, Promise<Item | undefined>>();
  /** Tickets of writes under way whose entry is in the table. */
  readonly #kept = new Set<Ticket>();
  /** Of this turn of the event loop. */
  #waiting: Waiting[] = [];

  constructor({ records, shelf, stamps, coherence, counts, whenDown }: TierParts) {
    this.records = records;
    this.shelf = shelf;
    this.stamps = stamps;
    this.coherence = coherence;
    this.counts = counts;
    this.#whenDown = whenDown;
  }

  /** At once, where the table has it. */
  read(key: string): Looked | Promise<Looked> {
    const item = this.coherence.isTrusted ? this.shelf.read(key) : undefined;
    if (item !== undefined) return item;
    return this.readL2(key).catch((error: unknown) => this.#down(error));
  }

  /** What L2 has now; the table learns of it. @throws StoreUnavailableError */
  readL2(key: string): Promise<Item | undefined> {
    const under = this.#reads.get(key);
    if (under !== undefined) return under;
    const read: Promise<Item | undefined> = this.#load(key).finally(() => {
      if (this.#reads.get(key) === read) this.#reads.delete(key);
    });
    this.#reads.set(key, read);
    return read;
  }

  /** What L2 has, for those who build on it: neither the table nor a read under way is asked. */
  async fresh(key: string): Promise<Fresh> {
    const [found] = await this.records.read([key]);
    return { found, isValid: found !== undefined && (await this.isValid(found)) };
  }

  /** @param ifVersion that has to be there; 0: nothing may be. Undefined: it was not stored. */
  put(key: string, draft: Draft, ifVersion?: number, epoch = this.stamps.epoch): Promise<Stored | undefined> {
    return this.change(key, async (ticket) => {
      const written = await this.records.put(key, draft, epoch, ifVersion);
      if (written === undefined) return undefined;
      this.keep(ticket, draft, written.version);
      return { version: written.version, isNew: !(await this.wasThere(written.before)) };
    });
  }

  /** Whether there was one, of that version if any is said. */
  remove(key: string, ifVersion?: number): Promise<boolean> {
    return this.change(key, async () => this.wasThere(await this.records.remove(key, ifVersion)));
  }

  /** Gives the entry other time; whether there is one that is not stale. */
  live(key: string, verb: LiveVerb, ttlMs: number | null): Promise<boolean> {
    return this.change(key, async () => {
      for (let checked: number | undefined; ; ) {
        const lived = await this.records.live(key, verb, ttlMs, checked);
        if (typeof lived === "boolean") return lived;
        if (!(await this.isValid(lived))) return false;
        checked = lived.version;
      }
    });
  }

  /** A write: whatever becomes of it, the table and the other servers have nothing older when it is over. */
  async change<T>(key: string, write: (ticket: Ticket) => Promise<T>): Promise<T> {
    const { shelf } = this;
    const ticket = shelf.ticket(key);
    this.#reads.delete(key);
    this.counts.add("writes");
    let isSent = true;
    try {
      return await write(ticket);
    } catch (error) {
      isSent = !isUnsent(error);
      throw error;
    } finally {
      // Where the entry was put, that ended the ticket.
      if (!this.#kept.delete(ticket)) {
        shelf.end(ticket);
        if (isSent) shelf.drop(key);
      }
      this.#reads.delete(key);
      if (isSent) await this.coherence.wrote([key]);
    }
  }

  /** Puts what was written into the table. */
  keep(ticket: Ticket, draft: Draft, version: number): void {
    if (!this.coherence.isHearing) return;
    const leftMs = draft.ttlMs === null ? Number.POSITIVE_INFINITY : draft.ttlMs;
    if (this.shelf.put(ticket, { ...draft, version, leftMs })) this.#kept.add(ticket);
  }

  /** Makes all that bears one of these invalid, everywhere. */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    try {
      const epoch = await this.stamps.invalidate(tags);
      await this.coherence.wroteTags(tags, epoch);
    } finally {
      for (const tag of tags) this.shelf.dropTag(tag);
    }
  }

  /** Whether what was there counted as an entry. What cannot be found out any more, since it is gone, did. */
  async wasThere(before: Marked | undefined): Promise<boolean> {
    return before !== undefined && (await this.isValid(before).catch(() => true));
  }

  async isValid({ tags, epoch }: Marked): Promise<boolean> {
    if (tags.length === 0) return true;
    const [isValid] = await this.stamps.check([{ epoch, marks: tags }]);
    return isValid;
  }

  async close(): Promise<void> {
    await this.coherence.close();
  }

  async #load(key: string): Promise<Item | undefined> {
    for (let attempt = 1; ; attempt++) {
      const ticket = this.coherence.isHearing ? this.shelf.ticket(key) : undefined;
      let found: Found | undefined;
      try {
        found = await this.#ask(key);
        if (found !== undefined && !(await this.isValid(found))) found = undefined;
      } catch (error) {
        if (ticket !== undefined) this.shelf.end(ticket);
        throw error;
      }
      if (this.#isDone(ticket, found) || attempt === ATTEMPTS) return found && itemOf(found);
      this.counts.add("overtaken");
    }
  }

  /** Whether nothing was written meanwhile, as far as the ticket can tell. */
  #isDone(ticket: Ticket | undefined, found: Found | undefined): boolean {
    if (ticket === undefined || ticket.token === 0) return true;
    return found === undefined ? this.shelf.end(ticket) : this.shelf.put(ticket, found);
  }

  /** All that is asked for in this turn of the event loop goes in one round trip. */
  #ask(key: string): Promise<Found | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#askAll());
    });
  }

  async #askAll(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.counts.add("reads", waiting.length);
    try {
      const found = await this.records.read(waiting.map(({ key }) => key));
      for (const [index, { resolve }] of waiting.entries()) resolve(found[index]);
      this.counts.add("found", found.filter((each) => each !== undefined).length);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #down(error: unknown): null {
    if (this.#whenDown === "error" || !(error instanceof StoreUnavailableError)) throw error;
    this.counts.add("away");
    return null;
  }
}

/** L2 was not even asked: by the guard, or since there was no connection. */
function isUnsent(error: unknown): boolean {
  return error instanceof StoreUnavailableError && (error.fault === "away" || error.fault === "crowded");
}

export function itemOf(found: Found): Item {
  const { bytes, flags, version, leftMs, tags } = found;
  return { bytes, isLent: false, length: bytes.length, flags, version, leftMs, tagged: tags.length > 0 };
}
