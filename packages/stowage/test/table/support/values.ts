/**
 * Values that tell on the table: each carries the key it was written under, a number of the write, its own length, and a
 * filling that depends on all of them, checked word by word. A torn value, one of another key, a cut one, or one whose
 * memory was given to something else meanwhile does not read back.
 *
 *     word 0  length in bytes      word 1  key      word 2  write      word 3, 4, ...  filling      0 to 3 bytes of filling
 */

export interface Stamp {
  readonly key: number;
  readonly write: number;
}

/** The shortest value that carries a stamp. */
export const VALUE_BYTES_MIN = 12;

export function stamped(key: number, write: number, bytes: number): Uint8Array {
  const length = Math.max(VALUE_BYTES_MIN, bytes);
  const value = new Uint8Array(length);
  const words = new Uint32Array(value.buffer, 0, length >>> 2);
  words[0] = length;
  words[1] = key;
  words[2] = write;
  let filling = seed(key, write);
  for (let at = 3; at < words.length; at += 1) words[at] = filling = next(filling);
  for (let at = words.length * 4; at < length; at += 1) value[at] = filling = next(filling);
  return value;
}

/** Reads the stamp back; throws if the value is not exactly as it was made. */
export function stampOf(value: Uint8Array): Stamp {
  const aligned = value.byteOffset % 4 === 0 ? value : value.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  if (aligned.length < VALUE_BYTES_MIN || words[0] !== aligned.length)
    throw new Error(`torn value: ${aligned.length} bytes, of ${words[0]} written`);
  const [, key, write] = words;
  let filling = seed(key, write);
  for (let at = 3; at < words.length; at += 1) {
    filling = next(filling);
    if (words[at] !== filling) torn(key, write, at * 4, aligned.length);
  }
  for (let at = words.length * 4; at < aligned.length; at += 1) {
    filling = next(filling);
    if (aligned[at] !== (filling & 255)) torn(key, write, at, aligned.length);
  }
  return { key, write };
}

function torn(key: number, write: number, at: number, length: number): never {
  throw new Error(`torn value: write ${write} of key ${key} is damaged at byte ${at} of ${length}`);
}

function seed(key: number, write: number): number {
  return (Math.imul(key + 1, 0x9e3779b1) ^ Math.imul(write + 1, 0x85ebca6b) ^ 0x2545f491) >>> 0 || 1;
}

/** Marsaglia's xorshift. */
function next(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
}
