/**
 * Keys and values, for all contenders the same. A key is 20 bytes: five that name its family and 15 digits. A value says
 * whose it is, so that an answer can be checked byte by byte; it is JSON text of just the size wanted, for servers that
 * store JSON, and the same bytes for those that store any.
 *
 * The number of the item is left open here: the load generator puts it into requests, and into the answers it wants
 * (see load/template.h).
 */

/** The number of the request's next key; of the same key once more; any whole number. */
export const nextKey = "\x01";
export const sameKey = "\x02";
export const anyNumber = "\x03";

/** Of an open number. */
export const digits = 15;

/** Items are of one of these kinds. `none` is never set. */
export type Family = "small" | "page" | "blob" | "counter" | "none";

const prefixes: Record<Family, string> = {
  small: "user:",
  page: "page:",
  blob: "blob:",
  counter: "hits:",
  none: "none:",
};

export const valueBytes: Record<Family, number> = {
  small: 100,
  page: 1024,
  blob: 10_240,
  counter: 1,
  none: 0,
};

/** A key with an open number; `number` is nextKey or sameKey. */
export function keyOf(family: Family, number: string = nextKey): string {
  return prefixes[family] + number;
}

/** The value of an item; `number` is nextKey in an answer that does not name the key before. */
export function jsonOf(family: Family, number: string = sameKey): string {
  if (family === "counter") return "0";
  return `"${number}${"x".repeat(valueBytes[family] - digits - 2)}"`;
}
