/** Lists of parameters as PostgreSQL writes them, and bytes of answers back: hexadecimal digits, since those need no escapes. */

export function bytesList(items: readonly (Buffer | null)[]): string {
  return `{${items.map((item) => (item === null ? "NULL" : `"\\\\x${item.toString("hex")}"`)).join(",")}}`;
}

export function numberList(items: readonly (number | null)[]): string {
  return `{${items.map((item) => item ?? "NULL").join(",")}}`;
}

export function bytesIn(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

/** Not a Buffer of the pool that small ones share: what is given out is the caller's alone. */
export function valueIn(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2);
  Buffer.from(bytes.buffer).write(digits, "hex");
  return bytes;
}

export function textOrNull(value: number | null | undefined): string | null {
  return value === null || value === undefined ? null : `${value}`;
}
