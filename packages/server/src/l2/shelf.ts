/**
 * The shared table as the first tier: copies of what L2 has, put there by whichever worker of the server, read by all.
 *
 * Invariant: what was read from L2, or written to it, is put into the table only under a ticket that was taken before: not if the
 * key, its prefix, a tag of it or everything was written or invalidated since, by a worker of this server or, by way of the bus, of
 * another. A ticket is a lease of the table; who gets none, since another one has it, puts nothing.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntryMeta, SharedTable } from "stowage/table";
import type { LeaseBoard } from "../feed/lease-board.js";
import { endAt, flagsBelow, hasTail, TAIL_BYTES, TAIL_FLAG, versionAt, withTail } from "./tail.js";

/** An entry, wherever it was found. */
export interface Item {
  readonly bytes: Buffer;
  /** The bytes are only lent, until the next one is read. */
  readonly isLent: boolean;
  /** Where it ends, with what stands behind the value. */
  readonly length: number;
  readonly flags: number;
  readonly version: number;
  /** Milliseconds until it is gone, the grace included; Infinity: it stays. */
  readonly leftMs: number;
  readonly tagged: boolean;
}

export interface Ticket {
  readonly key: string;
  /** The table's lease; 0: another one has it. */
  readonly token: number;
  readonly sequence: number;
}

export interface Shelved {
  readonly bytes: Buffer;
  readonly flags: number;
  readonly version: number;
  readonly leftMs: number;
  readonly tags: readonly string[];
}

export interface ShelfParts {
  readonly table: SharedTable;
  readonly leases: LeaseBoard;
  /** After this time L2 is asked again, come what may. */
  readonly ttlMs: number;
  /** Tickets of those who died are free after this time. */
  readonly ticketMs: number;
  readonly now: () => number;
}

const SCRATCH_BYTES = 64 * 1_024;
/** Keys that are looked at before others get their turn. */
const SLICE = 512;

export class Shelf {
  readonly #parts: ShelfParts;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly #meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  /** What the table has. Short ones are only lent, until the next read. */
  read(key: string): Item | undefined {
    const { table, now } = this.#parts;
    const meta = this.#meta;
    let bytes = this.#scratch;
    let length = table.getInto(key, bytes, 0, meta);
    while (length > bytes.length) {
      bytes = Buffer.allocUnsafeSlow(length);
      length = table.getInto(key, bytes, 0, meta);
    }
    if (length < TAIL_BYTES || !hasTail(meta.flags)) return undefined;
    return {
      bytes,
      isLent: bytes === this.#scratch,
      length: length - TAIL_BYTES,
      flags: flagsBelow(meta.flags),
      version: versionAt(bytes, length),
      leftMs: endAt(bytes, length) - now(),
      tagged: meta.tagged ?? false,
    };
  }

  ticket(key: string): Ticket {
    const { table, leases, ticketMs } = this.#parts;
    const { sequence } = leases;
    const answer = table.lease(key, { ttl: ticketMs, overNothing: true });
    return { key, token: answer.granted ? answer.token : 0, sequence };
  }

  /** False: the ticket is void, or was none, and nothing was put. */
  put(ticket: Ticket, { bytes, flags, version, leftMs, tags }: Shelved): boolean {
    const { table, leases, ttlMs, now } = this.#parts;
    if (ticket.token === 0) return false;
    const ttl = Math.min(ttlMs, leftMs);
    const options = { ttl, flags: flags | TAIL_FLAG, ...(tags.length > 0 && { tags }) };
    const item = withTail(bytes, version, now() + leftMs);
    const fill = (): number => (ttl <= 0 ? 0 : table.fill(ticket.key, ticket.token, item, options));
    let filled: number | undefined = 0;
    try {
      filled = leases.fill(ticket.sequence, Buffer.from(ticket.key, "utf8"), fill);
    } catch {
      // No room for it here: it is in L2.
    }
    if (filled === undefined || filled === 0) table.release(ticket.token);
    return filled !== undefined && filled !== 0;
  }

  /** Whether it was good to its end. */
  end({ token }: Ticket): boolean {
    return token !== 0 && this.#parts.table.release(token);
  }

  drop(key: string): void {
    this.#parts.table.delete(key);
  }

  dropTag(tag: string): void {
    this.#parts.table.invalidateTag(tag);
  }

  /** Who waits for a key of them hears of it as of a write. */
  async dropPrefix(prefix: string): Promise<void> {
    const { table, leases } = this.#parts;
    const bytes = Buffer.from(prefix, "utf8");
    leases.noteInvalidation(bytes);
    for (let cursor: number | null = null; !table.closed; await nextTurn()) {
      const page = table.scan({ prefix: bytes, cursor, limit: SLICE, visit: SLICE });
      for (const { key } of page.entries) table.delete(key);
      if (page.cursor === null) return;
      cursor = page.cursor;
    }
  }

  clear(): void {
    if (!this.#parts.table.closed) this.#parts.table.clear();
  }
}
