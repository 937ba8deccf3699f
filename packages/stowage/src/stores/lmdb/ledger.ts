/** How many bytes there are, and how many of them cannot be evicted: kept in the file, by the transaction that changes it. */
import type { LmdbDatabase } from "./types.js";

/** After every end: a double begins with 7f at the most. */
const AT = Buffer.from([0xff]);
const BYTES = 16;
/** Of a record and of its end: headers of nodes and their places in pages. */
const NODE_BYTES = 16;
const END_BYTES = 8;
const PAGE_BYTES = 4_096;
/** Longer ones have pages of their own. */
const NODE_BYTES_MAX = 2_000;

/** What an entry takes in the file. */
export function costOf(id: Buffer, bytes: number): number {
  const node = id.length + bytes + NODE_BYTES;
  const record =
    node > NODE_BYTES_MAX
      ? Math.ceil((bytes + NODE_BYTES) / PAGE_BYTES) * PAGE_BYTES + id.length + NODE_BYTES
      : node;
  return record + id.length + END_BYTES + NODE_BYTES;
}

export class Ledger {
  /** Of all. */
  bytes: number;
  /** Of those that have no end. */
  fixed: number;

  private constructor(bytes: number, fixed: number) {
    this.bytes = bytes;
    this.fixed = fixed;
  }

  static read(ends: LmdbDatabase): Ledger {
    const found = ends.getBinaryFast(AT);
    return found?.length === BYTES
      ? new Ledger(found.readDoubleBE(0), found.readDoubleBE(8))
      : new Ledger(0, 0);
  }

  add(cost: number, isFixed: boolean): void {
    this.bytes += cost;
    if (isFixed) this.fixed += cost;
  }

  write(ends: LmdbDatabase): void {
    const bytes = Buffer.alloc(BYTES);
    bytes.writeDoubleBE(this.bytes, 0);
    bytes.writeDoubleBE(this.fixed, 8);
    ends.putSync(AT, bytes);
  }
}
