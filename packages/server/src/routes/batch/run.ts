/**
 * A batch, run: row after row of the plan, each result written as bytes behind the one before.
 *
 *     {"results":[ ... , ... ]}
 *
 * Keys are read where they stand in the body, values go from the table to where they are sent from. One with more to say
 * goes out in parts, so that no batch can make the server hold gigabytes.
 */
import type { KeyRange, SharedTable } from "stowage/table";
import { noBytes } from "stowage-http1";
import { stringAt } from "../../json/members.js";
import { type BatchPlan, KEY, ROW } from "./plan.js";
import { out } from "./writer.js";

/** So much goes out at a time. */
const PART_BYTES = 256 * 1_024;
/** And so many operations are run before others get their turn. */
const PART_ROWS = 4_096;

const OPENING = Buffer.from('{"results":[');
const CLOSING = Buffer.from("]}");
const COMMA = 0x2c;

/** One of the thread: it is used during a call. */
const range = { bytes: noBytes, start: 0, end: 0 };

export abstract class BatchRun<Plan extends BatchPlan = BatchPlan> {
  protected table!: SharedTable;
  protected bytes!: Buffer;
  protected rows!: Int32Array;
  #count = 0;
  #next = 0;

  begin(table: SharedTable, bytes: Buffer, { rows, count }: Plan): void {
    this.table = table;
    this.bytes = bytes;
    this.rows = rows;
    this.#count = count;
    this.#next = 0;
  }

  get done(): boolean {
    return this.#next > this.#count;
  }

  /** The same run, with a body and rows of its own: those it was given are only lent. */
  leave(): this {
    const own = this.another();
    own.table = this.table;
    own.bytes = Buffer.from(this.bytes);
    own.rows = this.rows.slice(0, this.#count * ROW);
    own.#count = this.#count;
    own.#next = this.#next;
    return own;
  }

  /** Runs on, and returns the text of what it did. */
  next(): string {
    out.at = 0; // should the last one have thrown
    if (this.#next === 0) out.put(OPENING);
    const stop = Math.min(this.#count, this.#next + PART_ROWS);
    for (; this.#next < stop && out.at < PART_BYTES; this.#next++) {
      if (this.#next > 0) out.bytes[out.at++] = COMMA;
      this.runRow(this.#next * ROW);
    }
    if (this.#next === this.#count) {
      out.put(CLOSING);
      this.#next++;
      this.bytes = noBytes;
      range.bytes = noBytes;
    }
    return out.take();
  }

  /** One that has all that this one has beside body and rows. */
  protected abstract another(): this;

  /** Does what a row says, and writes its result to `out`, where it has FRAME_BYTES to begin with. */
  protected abstract runRow(row: number): void;

  /** A key without escapes, where it stands. Only lent. */
  protected keyRange(row: number): KeyRange {
    range.bytes = this.bytes;
    range.start = this.rows[row + KEY] + 1;
    range.end = this.rows[row + KEY + 1] - 1;
    return range;
  }

  protected keyText(row: number): string {
    return stringAt(this.bytes, this.rows[row + KEY], this.rows[row + KEY + 1]);
  }
}
