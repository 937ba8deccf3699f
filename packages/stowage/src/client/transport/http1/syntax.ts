/** Which characters may stand where (RFC 9110 5.5, 5.6.2), as a table over bytes. */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** May stand in a name. */
export const TOKEN = 1;
/** May stand in a value. */
export const VALUE = 2;

export const classes = new Uint8Array(256);
for (let byte = SP; byte <= 0xff; byte++) if (byte !== 0x7f) classes[byte] = VALUE;
classes[HTAB] = VALUE;
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  classes[char.charCodeAt(0)] |= TOKEN;

/** What is wrong with an answer. The connection it came on is not used again. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}
