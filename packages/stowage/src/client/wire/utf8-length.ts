/** How many bytes a text is in UTF-8: asked for each operation, so Node's own count is used where there is one. */

type ByteLength = (text: string) => number;

const native = (globalThis as { Buffer?: { byteLength?: ByteLength } }).Buffer?.byteLength;

export const utf8Length: ByteLength = native ?? countBytes;

/** A lone surrogate is sent as U+FFFD: three bytes, as here. */
export function countBytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else bytes += isPair(text, at) ? 1 : 2;
  }
  return bytes;
}

/** Of the four bytes of a pair each half has two: one more than it has units. */
function isPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdfff) return false;
  if (unit < 0xdc00) return inRange(text.charCodeAt(at + 1), 0xdc00, 0xdfff);
  return at > 0 && inRange(text.charCodeAt(at - 1), 0xd800, 0xdbff);
}

function inRange(unit: number, from: number, to: number): boolean {
  return unit >= from && unit <= to;
}
