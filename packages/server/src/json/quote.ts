/** Keys as JSON strings, from the bytes that they are in the table. */
import { BACKSLASH, QUOTE } from "./scan.js";

const SPACE = 0x20;
const DEL = 0x7f;

/** The string, quotes included, as a text of UTF-8 bytes. Bytes that are not UTF-8 become U+FFFD. */
export function quoted(bytes: Buffer): string {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte < SPACE || byte >= DEL || byte === QUOTE || byte === BACKSLASH)
      return quotedText(bytes.toString("utf8"));
  }
  return `"${bytes.latin1Slice()}"`;
}

/** The same of a text. */
export function quotedText(text: string): string {
  return Buffer.from(JSON.stringify(text), "utf8").latin1Slice();
}
