/**
 * A batch, read: which operations, and where their keys, values and numbers stand in the body. Nothing of the common ones
 * is made into strings or objects here; a batch of 100 gets is 100 rows of numbers.
 *
 *     row   op (and flags) | key start, end | value start, end | two numbers of the operation's own
 *
 * All of the body is checked before a row is run. Of several mistakes the first is told; that the body is no JSON comes
 * before all others. Which operations there are, and what else they have, the plan of an API says (cache, v1).
 */
import { type Config, valueBytesMax } from "../../config/settings.js";
import type { Exchange } from "../../http/exchange.js";
import { KEY_BYTES_MAX, keyTooLarge, valueTooLarge } from "../../http/failures.js";
import { Fault } from "../../http/fault.js";
import { hasEscape, kindAt, Members, stringAt } from "../../json/members.js";
import { CLOSE_ARRAY, COMMA, type JsonScanner, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "../../json/scan.js";
import { checkKeyKind, checkKeyText, readBody } from "../cache/body.js";

/** Beside the op: the key is written with escapes. */
export const ESCAPED = 16;
/** Beside the op: something that only its API knows. */
export const MARKED = 32;
export const OP_MASK = ESCAPED - 1;

export const ROW = 7;
export const KEY = 1;
export const VALUE = 3;
export const OWN = 5;

/** Members that operations of every API have, first in the list. */
const M_OP = 0;
const M_KEY = 1;
const M_VALUE = 2;
export const commonMembers = ["op", "key", "value"] as const;

const ROWS = 256;
/** What one large batch needed is not kept for all time. */
const ROWS_KEPT = 16_384;

export abstract class BatchPlan extends Members {
  rows = new Int32Array(ROWS * ROW);
  count = 0;
  /** Whether there is anything but reads. */
  writes = false;
  protected readonly members: Members;
  readonly #opNames: readonly string[];
  readonly #quotedOps: readonly Buffer[];
  #exchange!: Exchange;
  #valueBytesMax = 0;
  protected config!: Config;
  /** What the operations have instead of an array. */
  #wrong: string | null = null;
  #fault: Fault | null = null;

  /**
   * @param opNames by the numbers that rows have; at most 16
   * @param more members beside `commonMembers`
   */
  constructor(opNames: readonly string[], more: readonly string[]) {
    super(["operations"]);
    this.members = new Members([...commonMembers, ...more]);
    this.#opNames = opNames;
    this.#quotedOps = opNames.map((name) => Buffer.from(`"${name}"`));
  }

  /** What else there is to check of an operation; and to note, in the row that begins at `at`. */
  protected abstract checkOperation(bytes: Buffer, op: number, at: number): void;

  /** @throws Fault that says what is wrong, and where */
  readFrom(exchange: Exchange, config: Config): void {
    this.#exchange = exchange;
    this.config = config;
    this.#valueBytesMax = valueBytesMax(config);
    if (this.rows.length > ROWS_KEPT * ROW) this.rows = new Int32Array(ROWS * ROW);
    this.begin();
    readBody(exchange, this);
    if (this.starts[0] < 0 || this.#wrong !== null) throw notAnArray(this.#wrong);
    if (this.#fault !== null) throw this.#fault;
  }

  protected override readValue(index: number, scanner: JsonScanner): void {
    if (index !== 0) scanner.value();
    else this.#readAll(scanner);
  }

  /** Forgets what was read. */
  protected begin(): void {
    this.count = 0;
    this.writes = false;
    this.#wrong = null;
    this.#fault = null;
  }

  /** `operations[3].ttl`, of the operation that is at hand. */
  nameOf(member: string): string {
    return `operations[${this.count}].${member}`;
  }

  /** Notes where the value stands, which has to be there. */
  protected takeValue(at: number): void {
    const start = this.members.starts[M_VALUE];
    const end = this.members.ends[M_VALUE];
    if (start < 0)
      throw new Fault(400, "missing_value", `${this.nameOf("value")} is missing; it may be any JSON value`);
    const length = end - start;
    if (length > this.#valueBytesMax) throw valueTooLarge(this.nameOf("value"), length, this.#valueBytesMax);
    this.rows[at + VALUE] = start;
    this.rows[at + VALUE + 1] = end;
  }

  #readAll(scanner: JsonScanner): void {
    this.begin();
    if (scanner.next() === OPEN_ARRAY) this.#readOperations(scanner);
    else {
      this.#wrong = scanner.at < scanner.end ? kindAt(scanner.bytes, scanner.at) : null;
      scanner.value();
    }
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
      this.members.read(scanner);
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
    const { starts, ends } = this.members;
    const op = starts[M_OP] < 0 ? -1 : this.#opAt(bytes, starts[M_OP], ends[M_OP]);
    if (op < 0) throw this.#noSuchOp(bytes, starts[M_OP], ends[M_OP]);
    const escaped = this.#checkKey(bytes, starts[M_KEY], ends[M_KEY]);
    if ((this.count + 1) * ROW > this.rows.length) this.#grow();
    const { rows } = this;
    const at = this.count * ROW;
    rows[at] = escaped ? op | ESCAPED : op;
    rows[at + KEY] = starts[M_KEY];
    rows[at + KEY + 1] = ends[M_KEY];
    this.checkOperation(bytes, op, at);
    this.count++;
  }

  /** Whether it is written with escapes. */
  #checkKey(bytes: Buffer, start: number, end: number): boolean {
    if (start < 0 || bytes[start] !== QUOTE) checkKeyKind(bytes, start, this.nameOf("key"));
    const { prefixes } = this.#exchange.principal;
    const escaped = hasEscape(bytes, start, end);
    if (prefixes === null && !escaped && end - start <= KEY_BYTES_MAX) return false;
    const key = stringAt(bytes, start, end);
    const where = this.nameOf("key");
    checkKeyText(key, where);
    const length = Buffer.byteLength(key);
    if (length > KEY_BYTES_MAX) throw keyTooLarge(where, length);
    this.#exchange.checkKey(key);
    return escaped;
  }

  /** -1: none. */
  #opAt(bytes: Buffer, start: number, end: number): number {
    const quoted = this.#quotedOps;
    for (let op = 0; op < quoted.length; op++) if (equals(bytes, start, end, quoted[op])) return op;
    if (bytes[start] !== QUOTE || !hasEscape(bytes, start, end)) return -1;
    return this.#opNames.indexOf(stringAt(bytes, start, end));
  }

  #noSuchOp(bytes: Buffer, start: number, end: number): Fault {
    const names = this.#opNames.map((name) => `"${name}"`).join(", ");
    const rule = `${this.nameOf("op")} must be one of ${names}`;
    if (start < 0) return new Fault(400, "invalid_op", `${rule}; it is missing`);
    const shown =
      bytes[start] === QUOTE
        ? bytes.utf8Slice(start, Math.min(end, start + SHOWN_MAX))
        : kindAt(bytes, start);
    return new Fault(400, "invalid_op", `${rule}, not ${shown}`);
  }

  #grow(): void {
    const larger = new Int32Array(this.rows.length * 2);
    larger.set(this.rows);
    this.rows = larger;
  }
}

const SHOWN_MAX = 40;

function equals(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

function notAnArray(wrong: string | null): Fault {
  const found = wrong === null ? "it is missing" : `not ${wrong}`;
  const rule = 'operations must be an array of objects such as {"op":"get","key":"a"}';
  return new Fault(400, "invalid_operations", `${rule}; ${found}`);
}
