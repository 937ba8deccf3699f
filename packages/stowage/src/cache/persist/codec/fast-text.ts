/**
 * Node's Buffer, where there is one, for its text methods, which run in C++.
 */

/** What is used of a Buffer. */
export interface FastText {
  write(text: string, offset: number, length: number, encoding: "latin1" | "utf16le"): number;
  toString(encoding: "latin1" | "utf16le", start: number, end: number): string;
}

interface BufferMaker {
  from(buffer: ArrayBufferLike, offset: number, length: number): FastText;
}

/** The same bytes as a Buffer; undefined off Node. */
export function fastText(bytes: Uint8Array): FastText | undefined {
  const maker = (globalThis as { Buffer?: BufferMaker }).Buffer;
  return maker?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
