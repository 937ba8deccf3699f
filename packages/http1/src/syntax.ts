/**
 * Which bytes may stand where, as one table of bits: looking a byte up costs less than comparing ranges, and the rules
 * are in one place. Names as in RFC 9110 (5.5, 5.6.2) and RFC 9112 (3).
 */
export const TOKEN = 1;
/** What a field value may hold: HTAB, SP, visible characters, and bytes from 0x80 on (obs-text). */
export const VALUE = 2;
/** What a request target may hold: every visible ASCII character. Its own grammar is narrower, but servers have to take it. */
export const TARGET = 4;
export const DIGIT = 8;
/** What a host name may hold: unreserved, percent-encoded, sub-delims (RFC 3986 3.2.2). */
export const HOST = 16;

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

export const classes = new Uint8Array(256);
for (let byte = 0x21; byte <= 0x7e; byte++) classes[byte] = VALUE | TARGET;
for (let byte = 0x80; byte <= 0xff; byte++) classes[byte] = VALUE;
for (const byte of [HTAB, SP]) classes[byte] = VALUE;
for (const char of "!#$%&'*+-.^_`|~") classes[char.charCodeAt(0)] |= TOKEN;
for (const [first, last] of ["09", "AZ", "az"]) {
  for (let byte = first.charCodeAt(0); byte <= last.charCodeAt(0); byte++) classes[byte] |= TOKEN;
}
for (let byte = 0x30; byte <= 0x39; byte++) classes[byte] |= DIGIT;
for (let byte = 0x21; byte <= 0x7e; byte++) {
  if (/[\w\-.~!$&'()*+,;=%]/.test(String.fromCharCode(byte))) classes[byte] |= HOST;
}

/** The value of a hexadecimal digit; 255 for any other byte. */
export const hexValues = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValues[text.charCodeAt(0)] = digit;
  hexValues[text.toUpperCase().charCodeAt(0)] = digit;
}

/** Whether the bytes are this text, letters of either case alike. `lower` is in lower case. */
export function equalsIgnoringCase(bytes: Uint8Array, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let at = 0; at < lower.length; at++) {
    const byte = bytes[start + at];
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== lower.charCodeAt(at)) return false;
  }
  return true;
}
