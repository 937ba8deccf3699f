/**
 * libCacheSim's oracleGeneral, the form in which most public collections can be had today (CloudPhysics, MSR, Wikipedia,
 * Meta, Twitter, Tencent). Little-endian records of 24 bytes:
 *
 *     | time u32 | object id u64 | size u32 | next access i64 |
 *
 * Only the object counts here. The files are published compressed with zstd, which Node 20 cannot read: `zstd -d` first.
 */
import type { RecordFormat } from "./format.js";

const RECORD_BYTES = 24;
const OBJECT_OFFSET = 4;
/** Records looked at to tell the format: their times never go back. */
const LOOKED_AT = 100;

export const oracleGeneral: RecordFormat = {
  kind: "records",
  name: "oracle-general",
  about: "libCacheSim's binary records of 24 bytes",
  recordBytes: RECORD_BYTES,
  fits: (start) => start.length >= RECORD_BYTES && timesNeverGoBack(start),
  parse(bytes, offset, add) {
    add(bytes.readBigUInt64LE(offset + OBJECT_OFFSET).toString());
    return undefined;
  },
};

function timesNeverGoBack(start: Buffer): boolean {
  const records = Math.min(LOOKED_AT, Math.floor(start.length / RECORD_BYTES));
  let last = 0;
  for (let record = 0; record < records; record++) {
    const time = start.readUInt32LE(record * RECORD_BYTES);
    if (time < last) return false;
    last = time;
  }
  return true;
}
