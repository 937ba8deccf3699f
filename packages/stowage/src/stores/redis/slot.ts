/**
 * Which of the 16,384 slots of a Cluster a key is in: CRC16 (XMODEM) of the key, or of its first part in braces, where there is
 * one that is not empty (Redis Cluster specification, "Hash tags").
 */
import { toBytes } from "./arguments.js";
import type { RedisArgument } from "./types.js";

const SLOTS = 16_384;
const POLYNOMIAL = 0x1021;
const [OPEN, CLOSE] = [0x7b, 0x7d];

let table: Uint16Array | undefined;

export function slotOf(key: RedisArgument): number {
  const bytes = toBytes(key);
  const open = bytes.indexOf(OPEN);
  const close = open < 0 ? -1 : bytes.indexOf(CLOSE, open + 1);
  const tagged = close > open + 1 ? bytes.subarray(open + 1, close) : bytes;
  table ??= makeTable();
  let crc = 0;
  for (const byte of tagged) crc = ((crc << 8) & 0xffff) ^ table[(crc >> 8) ^ byte];
  return crc % SLOTS;
}

function makeTable(): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1) & 0xffff;
    return crc;
  });
}
