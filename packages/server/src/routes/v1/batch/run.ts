/**
 * A batch of /v1, run; see batch/run.ts. Results say what became of the operation and nothing that the client knows:
 *
 *     {"value":V} , {"found":false} , {"stored":true,"version":"124"} , {"error":"...","code":"..."} ...
 */
import type { EntryMeta, KeyRange } from "stowage/table";
import { faultOf } from "../../../http/failures.js";
import type { Fault } from "../../../http/fault.js";
import { quotedText } from "../../../json/quote.js";
import { jsonOf, readStored } from "../../../stored/index.js";
import { MARKED, OP_MASK, OWN, VALUE } from "../../batch/plan.js";
import { BatchRun } from "../../batch/run.js";
import { FRAME_BYTES, out } from "../../batch/writer.js";
import * as apply from "./apply.js";
import {
  DECR,
  DELETE,
  EXPIRE,
  GET,
  HAS,
  INCR,
  NO_WISH,
  SET,
  TOUCH,
  TTL,
  type V1Plan,
  type Wish,
} from "./plan.js";
import { type CounterWish, isConditional, type SetWish } from "./wishes.js";

const BEFORE = Buffer.from('{"value":');
const CLOSE = 0x7d;
const STORED = Buffer.from('{"stored":true,"version":"');
const STORED_END = Buffer.from('"}');
const NOT_FOUND = Buffer.from(apply.NOT_FOUND);
export const NOT_JSON =
  '{"found":true,"error":"the value is not JSON; read it with GET /v1/keys/{key}","code":"not_json"}';
const byOne: CounterWish = { amount: 1, options: undefined };
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };

export class V1Run extends BatchRun<V1Plan> {
  #wishes: readonly Wish[] = [];

  override begin(...[table, bytes, plan]: Parameters<BatchRun<V1Plan>["begin"]>): void {
    super.begin(table, bytes, plan);
    this.#wishes = plan.wishes;
  }

  protected override another(): this {
    const other = new V1Run();
    other.#wishes = this.#wishes;
    return other as this;
  }

  protected override runRow(row: number): void {
    out.reserve(0);
    const what = this.rows[row];
    if (what === GET) this.#get(this.keyRange(row), false);
    else if ((what & OP_MASK) === GET) this.#get(this.keyText(row), (what & MARKED) !== 0);
    else this.#do(what & OP_MASK, row);
  }

  #get(key: string | KeyRange, withMeta: boolean): void {
    out.put(BEFORE);
    let length = this.table.getInto(key, out.bytes, out.at, meta);
    while (length > out.bytes.length - out.at - FRAME_BYTES) {
      out.reserve(length);
      length = this.table.getInto(key, out.bytes, out.at, meta);
    }
    if (length < 0) putInstead(NOT_FOUND);
    else if (meta.flags !== 0) putOther(length, withMeta);
    else {
      out.at += length;
      putEnd(withMeta, 0);
    }
  }

  #do(op: number, row: number): void {
    try {
      if (op === SET) this.#set(row);
      else out.putText(this.#apply(op, row));
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      out.putText(faultText(fault));
    }
  }

  #set(row: number): void {
    const { table, rows, bytes } = this;
    const value = bytes.subarray(rows[row + VALUE], rows[row + VALUE + 1]);
    const wish = this.#wishOf(row) as SetWish | undefined;
    if (wish !== undefined && isConditional(wish))
      out.putText(apply.setIf(table, this.keyText(row), value, wish));
    else {
      const key = rows[row] === SET ? this.keyRange(row) : this.keyText(row);
      putStored(wish === undefined ? table.set(key, value) : apply.set(table, key, value, wish));
    }
  }

  #apply(op: number, row: number): string {
    const { table } = this;
    const key = this.keyText(row);
    const wish = this.#wishOf(row);
    if (op === HAS) return apply.has(table, key);
    if (op === TTL) return apply.ttl(table, key);
    if (op === DELETE) return apply.remove(table, key, (wish as number | undefined) ?? 0);
    if (op === INCR) return apply.add(table, key, (wish as CounterWish | undefined) ?? byOne, 1);
    if (op === DECR) return apply.add(table, key, (wish as CounterWish | undefined) ?? byOne, -1);
    if (op === EXPIRE) return apply.expire(table, key, wish as number | null);
    return op === TOUCH ? apply.touch(table, key) : apply.persist(table, key);
  }

  #wishOf(row: number): Wish | undefined {
    const place = this.rows[row + OWN];
    return place === NO_WISH ? undefined : this.#wishes[place];
  }
}

function putStored(version: number): void {
  out.put(STORED);
  out.putWhole(version);
  out.put(STORED_END);
}

/** A value that /v1 stored with a type of its own, or a grace. It stands where the next byte goes. */
function putOther(length: number, withMeta: boolean): void {
  const { bytes, at } = out;
  const json = jsonOf(meta.flags, bytes, at, at + length, meta.ttl);
  if (json === null) putInstead(NOT_FOUND);
  else if (json === undefined) {
    out.at -= BEFORE.length;
    out.putText(NOT_JSON);
  } else {
    const { graceMs } = readStored(meta.flags, bytes, at, at + length);
    out.putText(json);
    putEnd(withMeta, graceMs);
  }
}

/** In the place of what stands before a value. */
function putInstead(bytes: Buffer): void {
  out.at -= BEFORE.length;
  out.put(bytes);
}

function putEnd(withMeta: boolean, graceMs: number): void {
  if (withMeta) {
    const tagged = meta.tagged ? ',"tagged":true' : "";
    out.putText(`,"ttl":${apply.ttlText(meta.ttl - graceMs)},"version":"${meta.version}"${tagged}}`);
  } else out.bytes[out.at++] = CLOSE;
}

/** As the result of an operation. */
export function faultText({ code, message, more }: Fault): string {
  // Of /cache's, whose texts are Lix's: their code is the text.
  const [error, name] = code === "" ? [String(more.message), message] : [message, code];
  return `{"error":${quotedText(error)},"code":"${name}"}`;
}
