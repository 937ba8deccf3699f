/**
 * A batch of /v1, read; see batch/plan.ts. What writes say beside their value is read here, once, and stands in a list of
 * wishes; the row has its place there. Gets, and sets of nothing but a value, need none.
 *
 * A member that the operation does not have is refused: whoever misspells `ifVersion` must not have his write done without
 * the condition.
 */
import { Fault } from "../../../http/fault.js";
import { stringAt } from "../../../json/members.js";
import { BACKSLASH, QUOTE } from "../../../json/scan.js";
import { BatchPlan, commonMembers, MARKED, OWN } from "../../batch/plan.js";
import { amountAt } from "../../cache/numbers.js";
import {
  type CounterWish,
  firstOf,
  flagOf,
  graceOf,
  type SetWish,
  tagsOf,
  ttlOf,
  versionOf,
} from "./wishes.js";

/** What each operation may have beside op and key. By the numbers that rows have. */
const operations = [
  ["get", "meta"],
  ["set", "value", "ttl", "grace", "tags", "ifVersion", "ifAbsent"],
  ["delete", "ifVersion"],
  ["has"],
  ["incr", "amount", "default", "ttl"],
  ["decr", "amount", "default", "ttl"],
  ["ttl"],
  ["expire", "ttl"],
  ["touch"],
  ["persist"],
] as const;
export const GET = 0;
export const SET = 1;
export const DELETE = 2;
export const HAS = 3;
export const INCR = 4;
export const DECR = 5;
export const TTL = 6;
export const EXPIRE = 7;
export const TOUCH = 8;

const more = ["ttl", "grace", "tags", "ifVersion", "ifAbsent", "meta", "amount", "default"] as const;
const names: readonly string[] = [...commonMembers, ...more];
const M_TTL = names.indexOf("ttl");
const M_GRACE = names.indexOf("grace");
const M_TAGS = names.indexOf("tags");
const M_IF_VERSION = names.indexOf("ifVersion");
const M_IF_ABSENT = names.indexOf("ifAbsent");
const M_META = names.indexOf("meta");
const M_AMOUNT = names.indexOf("amount");
const M_DEFAULT = names.indexOf("default");

/** As `present` of Members says them. */
const bitsOf = (list: readonly string[]): number =>
  list.reduce((bits, member) => bits | (1 << names.indexOf(member)), 0);
const allowed = operations.map(([, ...members]) => bitsOf(["op", "key", ...members]));
const PLAIN = bitsOf(["op", "key"]);
const PLAIN_SET = bitsOf(["op", "key", "value"]);

/** In a row, instead of the place of a wish. */
export const NO_WISH = -1;

/** What a write asks for: of set; of a counter; the time to live of expire, or the version of delete. */
export type Wish = SetWish | CounterWish | number | null;

export class V1Plan extends BatchPlan {
  wishes: Wish[] = [];

  constructor() {
    super(
      operations.map(([op]) => op),
      more,
    );
  }

  protected override begin(): void {
    super.begin();
    if (this.wishes.length > 0) this.wishes = [];
  }

  protected override checkOperation(bytes: Buffer, op: number, at: number): void {
    const { present, unknownAt, starts, ends } = this.members;
    if (unknownAt >= 0 || (present & ~allowed[op]) !== 0) throw this.#notForOp(bytes, op);
    if (op === GET) {
      if (present !== PLAIN && flagOf(bytes, starts[M_META], ends[M_META], this, "meta"))
        this.rows[at] |= MARKED;
    } else if (op !== HAS && op !== TTL) this.#checkWrite(bytes, op, at);
  }

  #checkWrite(bytes: Buffer, op: number, at: number): void {
    const { present } = this.members;
    this.writes = true;
    if (op === SET) this.takeValue(at);
    if (op === EXPIRE) this.#wish(at, this.#timeOf(bytes));
    else if (present === (op === SET ? PLAIN_SET : PLAIN)) this.rows[at + OWN] = NO_WISH;
    else if (op === SET) this.#wish(at, this.#setWish(bytes));
    else if (op === DELETE) this.#wish(at, this.#versionOf(bytes));
    else this.#wish(at, this.#counterWish(bytes));
  }

  #wish(at: number, wish: Wish): void {
    this.rows[at + OWN] = this.wishes.push(wish) - 1;
  }

  #setWish(bytes: Buffer): SetWish {
    const { starts, ends } = this.members;
    const ttl = this.#ttlOf(bytes);
    const livesMs = ttl === undefined ? this.config.ttl : ttl;
    const graceMs = graceOf(bytes, starts[M_GRACE], ends[M_GRACE], this, livesMs);
    const tags = tagsOf(bytes, starts[M_TAGS], ends[M_TAGS], this);
    const ifVersion = this.#versionOf(bytes);
    const ifAbsent = flagOf(bytes, starts[M_IF_ABSENT], ends[M_IF_ABSENT], this, "ifAbsent");
    if (ifVersion !== 0 && ifAbsent)
      throw this.#invalid("ifAbsent", "must not stand beside ifVersion: not both can hold");
    const lives = livesMs === null ? null : livesMs + graceMs;
    const options = tags === undefined ? { ttl: lives } : { ttl: lives, tags };
    return { options, graceMs, ifVersion, ifAbsent };
  }

  #counterWish(bytes: Buffer): CounterWish {
    const { starts, ends } = this.members;
    const first = firstOf(bytes, starts[M_DEFAULT], ends[M_DEFAULT], this);
    const ttl = this.#ttlOf(bytes);
    return {
      amount: amountAt(bytes, starts[M_AMOUNT], ends[M_AMOUNT], this.nameOf("amount")),
      options: { ...(first !== undefined && { default: first }), ...(ttl !== undefined && { ttl }) },
    };
  }

  #timeOf(bytes: Buffer): number | null {
    const ttl = this.#ttlOf(bytes);
    if (ttl === undefined)
      throw this.#invalid("ttl", "is missing; it is how long the entry lives from now on");
    return ttl;
  }

  #ttlOf(bytes: Buffer): number | null | undefined {
    return ttlOf(bytes, this.members.starts[M_TTL], this.members.ends[M_TTL], this);
  }

  #versionOf(bytes: Buffer): number {
    return versionOf(bytes, this.members.starts[M_IF_VERSION], this.members.ends[M_IF_VERSION], this);
  }

  #notForOp(bytes: Buffer, op: number): Fault {
    const { present, unknownAt } = this.members;
    const [name, ...members] = operations[op];
    const beyond = names.find((_, index) => (present & ~allowed[op] & (1 << index)) !== 0);
    const there = ["op", "key", ...members].join(", ");
    return this.#invalid(
      beyond ?? stringAt(bytes, unknownAt, endOfString(bytes, unknownAt)),
      `is no member of ${name}, which has ${there}`,
    );
  }

  #invalid(member: string, what: string): Fault {
    const field = this.nameOf(member);
    return new Fault(400, "invalid_body", `${field} ${what}`, { more: { field } });
  }
}

/** Behind its closing quote. It was checked. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}
