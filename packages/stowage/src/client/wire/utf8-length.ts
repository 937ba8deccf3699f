/** How many bytes a text is in UTF-8: asked for each operation, so Node's own count is used where there is one. */

type ByteLength = (text: string) => number;

const native = (globalThis as { Buffer?: { byteLength?: ByteLength } }).Buffer?.byteLength;

export const utf8Length: ByteLength = native ?? countBytes;

/** A lone surrogate is sent as U+FFFD: three bytes, as here. */
export function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
