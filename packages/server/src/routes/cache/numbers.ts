/** Numbers of bodies: `ttl`, `amount`. */
import { Fault } from "../../http/fault.js";
import { kindAt } from "../../json/members.js";

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const NULL = 0x6e;
const FALSE = 0x66;
/** 1,000 years, which is the longest that the table takes. What is longer lives for ever. */
const TTL_MS_MAX = 1_000 * 365 * 86_400_000;
/** An integer of so many characters is exact as a double. */
const EXACT_CHARS = 15;

/**
 * Milliseconds to live. Given in seconds, with fractions; 0, what is negative, false and null mean for ever, as with Lix.
 *
 * @returns null: for ever; undefined: nothing was said, so it is what the server's `ttl` says
 * @throws Fault 400
 */
export function ttlAt(bytes: Buffer, start: number, end: number, where = "ttl"): number | null | undefined {
  if (start < 0) return undefined;
  const first = bytes[start];
  if (first === NULL || first === FALSE) return null;
  if (!isNumber(first)) {
    const rule = "must be a number of seconds (or 0, null or false: no expiry)";
    throw new Fault(400, "invalid_ttl", `${where} ${rule}, not ${kindAt(bytes, start)}`);
  }
  const ms = Number(bytes.latin1Slice(start, end)) * 1_000;
  return ms > 0 && ms <= TTL_MS_MAX ? ms : null;
}

/**
 * What to add: a double, or an integer beyond those that doubles hold exactly. 1, if nothing is said.
 *
 * @throws Fault 400
 */
export function amountAt(bytes: Buffer, start: number, end: number, where = "amount"): number | bigint {
  if (start < 0) return 1;
  if (!isNumber(bytes[start]))
    throw new Fault(400, "invalid_amount", `${where} must be a number, not ${kindAt(bytes, start)}`);
  const text = bytes.latin1Slice(start, end);
  const amount = Number(text);
  if (text.length > EXACT_CHARS && !Number.isSafeInteger(amount) && /^-?\d+$/.test(text))
    return wide(text, where);
  if (!Number.isFinite(amount))
    throw new Fault(400, "invalid_amount", `${where} must be a number below 1.8e308`);
  return amount;
}

function wide(text: string, where: string): bigint {
  const amount = BigInt(text);
  if (BigInt.asIntN(64, amount) === amount) return amount;
  throw new Fault(400, "invalid_amount", `${where} must be within the range of 64-bit integers`);
}

function isNumber(first: number): boolean {
  return (first >= ZERO && first <= NINE) || first === MINUS;
}
