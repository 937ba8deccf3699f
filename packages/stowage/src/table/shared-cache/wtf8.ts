/**
 * Keys as texts again. The table stores them as UTF-8, and half a surrogate pair as its own three bytes (WTF-8, Simon Sapin),
 * which decoders of UTF-8 take for a mistake; so where one finds a mistake, the bytes are read by hand.
 */
const REPLACEMENT = "\ufffd";

export function textOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.includes(REPLACEMENT) ? decode(bytes) : text;
}

/** Bytes that the table wrote from a text: always whole sequences. */
function decode(bytes: Buffer): string {
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let code = length === 1 ? first : first & (0x7f >> length);
    for (let index = 1; index < length; index++) code = (code << 6) | (bytes[at + index] & 0x3f);
    codes.push(code);
    at += length;
  }
  // Piecewise, for a call takes only so many arguments.
  let text = "";
  for (let at = 0; at < codes.length; at += 1_024)
    text += String.fromCodePoint(...codes.slice(at, at + 1_024));
  return text;
}
