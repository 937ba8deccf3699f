/**
 * A batch, read: which operations, and where their keys, values and numbers stand in the body. Nothing of them is made
 * into strings or objects here; a batch of 100 gets is 100 rows of numbers.
 *
 *     row   op (and ESCAPED) | key start, end | value start, end | ttl or amount start, end
 *
 * All of the body is checked before a row is run. Of several mistakes the first is told; that the body is no JSON comes
 * before all others.
 */
import type { Exchange } from "../../http/exchange.js";
import { KEY_BYTES_MAX, keyTooLarge, valueTooLarge } from "../../http/failures.js";
import { Fault } from "../../http/fault.js";
import { hasEscape, kindAt, Members, stringAt } from "../../json/members.js";
import { CLOSE_ARRAY, COMMA, type JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from "../../json/scan.js";
import { checkKeyKind, checkKeyText, readBody } from "./body.js";
import { amountAt, ttlAt } from "./numbers.js";

export const opNames = ["get", "set", "delete", "incr", "decr"] as const;
export const GET = 0;
export const SET = 1;
export const DELETE = 2;
export const INCR = 3;
export const DECR = 4;

/** Beside the op: the key is written with escapes. */
export const ESCAPED = 8;

export const ROW = 7;
export const KEY = 1;
export const VALUE = 3;
export const NUMBER = 5;

const ROWS = 256;
/** What one large batch needed is not kept for all time. */
const ROWS_KEPT = 16_384;

const quotedOps = opNames.map((name) => Buffer.from(`"${name}"`));
/** Of an operation's members. */
const M_OP = 0;
const M_KEY = 1;
const M_VALUE = 2;
const M_TTL = 3;
const M_AMOUNT = 4;

export class BatchPlan extends Members {
  rows = new Int32Array(ROWS * ROW);
  count = 0;
  /** Whether there is anything but gets. */
  writes = false;
  readonly #members = new Members(["op", "key", "value", "ttl", "amount"]);
  #exchange!: Exchange;
  #valueBytesMax = 0;
  /** What the operations have instead of an array. */
  #wrong: string | null = null;
  #fault: Fault | null = null;

  constructor() {
    super(["operations"]);
  }

  /**
   * @param valueBytesMax what the table takes
   * @throws Fault that says what is wrong, and where
   */
  readFrom(exchange: Exchange, valueBytesMax: number): void {
    this.#exchange = exchange;
    this.#valueBytesMax = valueBytesMax;
    if (this.rows.length > ROWS_KEPT * ROW) this.rows = new Int32Array(ROWS * ROW);
    this.#begin();
    readBody(exchange, this);
    if (this.starts[0] < 0 || this.#wrong !== null) throw notAnArray(this.#wrong);
    if (this.#fault !== null) throw this.#fault;
  }

  protected override readValue(index: number, scanner: JsonScanner): void {
    if (index !== 0) scanner.value();
    else this.#readAll(scanner);
  }

  #readAll(scanner: JsonScanner): void {
    this.#begin();
    if (scanner.next() === OPEN_ARRAY) this.#readOperations(scanner);
    else {
      this.#wrong = scanner.at < scanner.end ? kindAt(scanner.bytes, scanner.at) : null;
      scanner.value();
    }
  }

  #begin(): void {
    this.count = 0;
    this.writes = false;
    this.#wrong = null;
    this.#fault = null;
  }

  #readOperations(scanner: JsonScanner): void {
    scanner.take(OPEN_ARRAY);
    if (scanner.takeIf(CLOSE_ARRAY)) return;
    do this.#readOperation(scanner);
    while (scanner.takeIf(COMMA));
    scanner.take(CLOSE_ARRAY);
  }

  #readOperation(scanner: JsonScanner): void {
    if (scanner.next() === OPEN_OBJECT) {
      this.#members.read(scanner);
      if (this.#fault === null) this.#note(scanner.bytes);
    } else {
      const start = scanner.at;
      scanner.value();
      const what = `operations[${this.count}] must be an object, not ${kindAt(scanner.bytes, start)}`;
      this.#fault ??= new Fault(400, "invalid_operation", what, { more: { index: this.count } });
    }
  }

  #note(bytes: Buffer): void {
    try {
      this.#check(bytes);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { status, code, message, more } = error;
      this.#fault = new Fault(status, code, message, { more: { ...more, index: this.count } });
    }
  }

  #check(bytes: Buffer): void {
    const { starts, ends } = this.#members;
    const op = starts[M_OP] < 0 ? -1 : opAt(bytes, starts[M_OP], ends[M_OP]);
    if (op < 0) throw noSuchOp(bytes, this.count, starts[M_OP], ends[M_OP]);
    const escaped = this.#checkKey(bytes, starts[M_KEY], ends[M_KEY]);
    if ((this.count + 1) * ROW > this.rows.length) this.#grow();
    const { rows } = this;
    const at = this.count * ROW;
    rows[at] = escaped ? op | ESCAPED : op;
    rows[at + KEY] = starts[M_KEY];
    rows[at + KEY + 1] = ends[M_KEY];
    if (op !== GET) this.#checkWrite(bytes, op, at);
    this.count++;
  }

  /** Whether it is written with escapes. */
  #checkKey(bytes: Buffer, start: number, end: number): boolean {
    if (start < 0 || bytes[start] !== 0x22) checkKeyKind(bytes, start, `operations[${this.count}].key`);
    const { prefixes } = this.#exchange.principal;
    const escaped = hasEscape(bytes, start, end);
    if (prefixes === null && !escaped && end - start <= KEY_BYTES_MAX) return false;
    const key = stringAt(bytes, start, end);
    const where = `operations[${this.count}].key`;
    checkKeyText(key, where);
    const length = Buffer.byteLength(key);
    if (length > KEY_BYTES_MAX) throw keyTooLarge(where, length);
    this.#exchange.checkKey(key);
    return escaped;
  }

  #checkWrite(bytes: Buffer, op: number, at: number): void {
    const { starts, ends } = this.#members;
    const { rows } = this;
    this.writes = true;
    if (op === SET) {
      if (starts[M_VALUE] < 0) {
        const what = `operations[${this.count}].value is missing; it may be any JSON value`;
        throw new Fault(400, "missing_value", what);
      }
      const length = ends[M_VALUE] - starts[M_VALUE];
      if (length > this.#valueBytesMax)
        throw valueTooLarge(`operations[${this.count}].value`, length, this.#valueBytesMax);
      rows[at + VALUE] = starts[M_VALUE];
      rows[at + VALUE + 1] = ends[M_VALUE];
      this.#number(at, M_TTL);
      if (starts[M_TTL] >= 0) ttlAt(bytes, starts[M_TTL], ends[M_TTL], `operations[${this.count}].ttl`);
    } else if (op !== DELETE) {
      this.#number(at, M_AMOUNT);
      if (starts[M_AMOUNT] >= 0)
        amountAt(bytes, starts[M_AMOUNT], ends[M_AMOUNT], `operations[${this.count}].amount`);
    }
  }

  #number(at: number, member: number): void {
    this.rows[at + NUMBER] = this.#members.starts[member];
    this.rows[at + NUMBER + 1] = this.#members.ends[member];
  }

  #grow(): void {
    const larger = new Int32Array(this.rows.length * 2);
    larger.set(this.rows);
    this.rows = larger;
  }
}

/** -1: none. */
function opAt(bytes: Buffer, start: number, end: number): number {
  for (let op = 0; op < quotedOps.length; op++) if (equals(bytes, start, end, quotedOps[op])) return op;
  if (bytes[start] !== 0x22 || !hasEscape(bytes, start, end)) return -1;
  return (opNames as readonly string[]).indexOf(stringAt(bytes, start, end));
}

function equals(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

const SHOWN_MAX = 40;

function noSuchOp(bytes: Buffer, index: number, start: number, end: number): Fault {
  const rule = `operations[${index}].op must be one of ${opNames.map((name) => `"${name}"`).join(", ")}`;
  if (start < 0) return new Fault(400, "invalid_op", `${rule}; it is missing`);
  const shown =
    bytes[start] === 0x22 ? bytes.utf8Slice(start, Math.min(end, start + SHOWN_MAX)) : kindAt(bytes, start);
  return new Fault(400, "invalid_op", `${rule}, not ${shown}`);
}

function notAnArray(wrong: string | null): Fault {
  const found = wrong === null ? "it is missing" : `not ${wrong}`;
  const rule = 'operations must be an array of objects such as {"op":"get","key":"a"}';
  return new Fault(400, "invalid_operations", `${rule}; ${found}`);
}
