/**
 * A batch of Lix's API, run; see batch/run.ts. Results repeat their op and key, which is copied from the body as it came:
 *
 *     {"op":"get","key":K,"value":V,"found":true} , {"op":"set","key":K,"success":true} ...
 */
import type { EntryMeta, KeyRange } from "stowage/table";
import { faultOf } from "../../http/failures.js";
import { jsonOf } from "../../stored/index.js";
import { KEY, OP_MASK, OWN, VALUE } from "../batch/plan.js";
import { BatchRun } from "../batch/run.js";
import { FRAME_BYTES, out } from "../batch/writer.js";
import { type CachePlan, DECR, DELETE, GET, opNames, SET } from "./batch-plan.js";
import { addTo } from "./counters.js";
import { amountAt, ttlAt } from "./numbers.js";

const before = opNames.map((name) => Buffer.from(`{"op":"${name}","key":`));
const AS_VALUE = Buffer.from(',"value":');
const FOUND = Buffer.from(',"found":true}');
const NOT_FOUND = Buffer.from('null,"found":false}');
const NOT_JSON = Buffer.from('null,"found":true,"error":"not_json"}');
const DONE = Buffer.from(',"success":true}');
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0, tagged: false };

export class CacheRun extends BatchRun<CachePlan> {
  protected override another(): this {
    return new CacheRun() as this;
  }

  protected override runRow(row: number): void {
    const { rows } = this;
    const op = rows[row] & OP_MASK;
    const start = rows[row + KEY];
    const end = rows[row + KEY + 1];
    out.reserve(end - start);
    out.put(before[op]);
    out.putRange(this.bytes, start, end);
    const asItStands = op === rows[row] && op <= SET;
    const key = asItStands ? this.keyRange(row) : this.keyText(row);
    if (op === GET) this.#get(key);
    else this.#write(op, key, row);
  }

  #get(key: string | KeyRange): void {
    out.put(AS_VALUE);
    let length = this.table.getInto(key, out.bytes, out.at, meta);
    while (length > out.bytes.length - out.at - FRAME_BYTES) {
      out.reserve(length);
      length = this.table.getInto(key, out.bytes, out.at, meta);
    }
    if (length < 0) out.put(NOT_FOUND);
    else if (meta.flags !== 0) putOther(length);
    else {
      out.at += length;
      out.put(FOUND);
    }
  }

  #write(op: number, key: string | KeyRange, row: number): void {
    try {
      this.#apply(op, key, row);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      out.putText(`,${fault.body.slice(1)}`);
    }
  }

  #apply(op: number, key: string | KeyRange, row: number): void {
    const { rows, bytes } = this;
    const number = rows[row + OWN];
    const numberEnd = rows[row + OWN + 1];
    if (op === SET) {
      const ttl = ttlAt(bytes, number, numberEnd);
      const value = bytes.subarray(rows[row + VALUE], rows[row + VALUE + 1]);
      this.table.set(key, value, ttl === undefined ? undefined : { ttl });
      out.put(DONE);
    } else if (op === DELETE) {
      this.table.delete(key as string);
      out.put(DONE);
    } else {
      const amount = amountAt(bytes, number, numberEnd);
      out.putText(`,"value":${addTo(this.table, key as string, op === DECR ? -amount : amount)}}`);
    }
  }
}

/** A value that /v1 stored with a type of its own. It stands where the next byte goes. */
function putOther(length: number): void {
  const json = jsonOf(meta.flags, out.bytes, out.at, out.at + length, meta.ttl);
  if (json === null) out.put(NOT_FOUND);
  else if (json === undefined) out.put(NOT_JSON);
  else {
    out.putText(json);
    out.put(FOUND);
  }
}
