/**
 * A batch, run: row after row of the plan, each result written as bytes behind the one before.
 *
 *     {"results":[ {"op":"get","key":K,"value":V,"found":true} , {"op":"set","key":K,"success":true} ... ]}
 *
 * Keys are copied from the body as they came, values from the table to where they are sent from. One buffer of the thread
 * serves all batches; one with more to say goes out in parts, so that no batch can make the server hold gigabytes.
 */
import type { EntryMeta, KeyRange, SharedTable } from "stowage/table";
import { noBytes } from "stowage-http1";
import { faultOf } from "../../http/failures.js";
import { stringAt } from "../../json/members.js";
import { jsonOf } from "../../stored/index.js";
import {
  type BatchPlan,
  DECR,
  DELETE,
  ESCAPED,
  GET,
  INCR,
  KEY,
  NUMBER,
  opNames,
  ROW,
  SET,
  VALUE,
} from "./batch-plan.js";
import { addTo } from "./counters.js";
import { amountAt, ttlAt } from "./numbers.js";

const OUT_BYTES = 64 * 1_024;
/** What is kept of a buffer that a long result made longer. */
const OUT_KEPT = 1_024 * 1_024;
/** So much goes out at a time. */
const PART_BYTES = 256 * 1_024;
/** And so many operations are run before others get their turn. */
const PART_ROWS = 4_096;
/** Beside key and value. */
const FRAME_BYTES = 64;

const before = opNames.map((name) => Buffer.from(`{"op":"${name}","key":`));
const text = (value: string) => Buffer.from(value, "latin1");
const OPENING = text('{"results":[');
const CLOSING = text("]}");
const COMMA = 0x2c;
const AS_VALUE = text(',"value":');
const FOUND = text(',"found":true}');
const NOT_FOUND = text('null,"found":false}');
const NOT_JSON = text('null,"found":true,"error":"not_json"}');
const DONE = text(',"success":true}');
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };

/** One of the thread: it is used during a call. */
const range = { bytes: noBytes, start: 0, end: 0 };
let out = Buffer.allocUnsafeSlow(OUT_BYTES);
let at = 0;

export class BatchRun {
  #table!: SharedTable;
  #bytes!: Buffer;
  #rows!: Int32Array;
  #count = 0;
  #next = 0;

  begin(table: SharedTable, bytes: Buffer, { rows, count }: BatchPlan): void {
    this.#table = table;
    this.#bytes = bytes;
    this.#rows = rows;
    this.#count = count;
    this.#next = 0;
  }

  get done(): boolean {
    return this.#next > this.#count;
  }

  /** The same run, with a body and rows of its own: those it was given are only lent. */
  leave(): BatchRun {
    const own = new BatchRun();
    own.#table = this.#table;
    own.#bytes = Buffer.from(this.#bytes);
    own.#rows = this.#rows.slice(0, this.#count * ROW);
    own.#count = this.#count;
    own.#next = this.#next;
    return own;
  }

  /** Runs on, and returns the text of what it did. */
  next(): string {
    at = 0;
    if (this.#next === 0) put(OPENING);
    const stop = Math.min(this.#count, this.#next + PART_ROWS);
    for (; this.#next < stop && at < PART_BYTES; this.#next++) {
      if (this.#next > 0) out[at++] = COMMA;
      this.#row(this.#next * ROW);
    }
    if (this.#next === this.#count) {
      put(CLOSING);
      this.#next++;
      this.#bytes = noBytes;
      range.bytes = noBytes;
    }
    const part = out.latin1Slice(0, at);
    if (out.length > OUT_KEPT) out = Buffer.allocUnsafeSlow(OUT_BYTES);
    return part;
  }

  #row(row: number): void {
    const rows = this.#rows;
    const bytes = this.#bytes;
    const op = rows[row] & ~ESCAPED;
    const start = rows[row + KEY];
    const end = rows[row + KEY + 1];
    reserve(end - start);
    put(before[op]);
    putRange(bytes, start, end);
    const asItStands = op === rows[row] && op <= SET;
    const key = asItStands ? this.#range(start, end) : stringAt(bytes, start, end);
    if (op === GET) this.#get(key);
    else this.#write(op, key, row);
  }

  /** A key without escapes, where it stands. */
  #range(start: number, end: number): KeyRange {
    range.bytes = this.#bytes;
    range.start = start + 1;
    range.end = end - 1;
    return range;
  }

  #get(key: string | KeyRange): void {
    put(AS_VALUE);
    let length = this.#table.getInto(key, out, at, meta);
    while (length > out.length - at - FRAME_BYTES) {
      reserve(length);
      length = this.#table.getInto(key, out, at, meta);
    }
    if (length < 0) put(NOT_FOUND);
    else if (meta.flags !== 0) putOther(length);
    else {
      at += length;
      put(FOUND);
    }
  }

  #write(op: number, key: string | KeyRange, row: number): void {
    try {
      this.#apply(op, key, row);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      putText(`,${fault.body.slice(1)}`);
    }
  }

  #apply(op: number, key: string | KeyRange, row: number): void {
    const rows = this.#rows;
    const bytes = this.#bytes;
    const number = rows[row + NUMBER];
    const numberEnd = rows[row + NUMBER + 1];
    if (op === SET) {
      const ttl = ttlAt(bytes, number, numberEnd);
      const value = bytes.subarray(rows[row + VALUE], rows[row + VALUE + 1]);
      this.#table.set(key, value, ttl === undefined ? undefined : { ttl });
      put(DONE);
    } else if (op === DELETE) {
      this.#table.delete(key as string);
      put(DONE);
    } else if (op === INCR || op === DECR) {
      const amount = amountAt(bytes, number, numberEnd);
      putText(`,"value":${addTo(this.#table, key as string, op === DECR ? -amount : amount)}}`);
    }
  }
}

/** A value that /v1 stored with a type of its own. It stands at `at`. */
function putOther(length: number): void {
  const json = jsonOf(meta.flags, out, at, at + length, meta.ttl);
  if (json === null) put(NOT_FOUND);
  else if (json === undefined) put(NOT_JSON);
  else {
    putText(json);
    put(FOUND);
  }
}

function put(bytes: Buffer): void {
  for (let index = 0; index < bytes.length; index++) out[at + index] = bytes[index];
  at += bytes.length;
}

function putRange(bytes: Buffer, start: number, end: number): void {
  if (end - start > FRAME_BYTES) bytes.copy(out, at, start, end);
  else for (let index = start, to = at; index < end; index++, to++) out[to] = bytes[index];
  at += end - start;
}

function putText(value: string): void {
  reserve(value.length);
  at += out.latin1Write(value, at);
}

/** Room for so many bytes and what stands around them. */
function reserve(bytes: number): void {
  const wanted = at + bytes + FRAME_BYTES * 2;
  if (wanted <= out.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(wanted, out.length * 2));
  out.copy(larger, 0, 0, at);
  out = larger;
}
