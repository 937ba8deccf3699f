/**
 * The hash that routers stand on: MurmurHash3_x86_32 with seed 0 over the key's UTF-8 bytes.
 *
 * Which server has which key is agreed on by processes that never speak to each other, of different versions and written in
 * different languages. Hence a hash that is published, that every language has a library for, and that is never changed
 * here; docs/routing.md has test vectors. It is no defence: who may choose keys can aim them at one server, which moves
 * load and nothing else.
 *
 * Source: Austin Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (public domain).
 */

const encoder = new TextEncoder();
const ascii = /^[\0-\x7f]*$/;

/** A whole number from 0 up to 2^32 - 1. What is no text in UTF-16 (half of a pair) counts as U+FFFD, as TextEncoder has it. */
export function murmur3(text: string): number {
  const bytes = ascii.test(text) ? text : oneUnitPerByte(text);
  const length = bytes.length;
  const tail = length & ~3;
  let hash = 0;
  for (let at = 0; at < tail; at += 4) {
    hash ^= scramble(word(bytes, at, 4));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= scramble(word(bytes, tail, length - tail));
  return finish(hash ^ length);
}

/** The last step of MurmurHash3, fmix32: each bit of the input changes half of the bits of the result. A bijection. */
export function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

/** Up to four bytes, the first one lowest. */
function word(bytes: string, at: number, count: number): number {
  let block = 0;
  for (let index = 0; index < count; index++) block |= bytes.charCodeAt(at + index) << (8 * index);
  return block;
}

function oneUnitPerByte(text: string): string {
  let units = "";
  for (const byte of encoder.encode(text)) units += String.fromCharCode(byte);
  return units;
}
