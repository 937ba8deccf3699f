/**
 * 32-bit hashes of strings and numbers, for the key index and the policies.
 *
 * V8 hashes strings itself, but does not tell; reading a string's characters from JavaScript costs about 1.2 ns each, so
 * `sampleText` reads at most eight of them: the last six, where identifiers differ, the first and the middle one, and
 * the length. Families of keys that differ elsewhere collide; the index notices and changes over to `wholeText`. On the
 * keys that caches see, eight characters are as good as all, at a third of the cost.
 *
 * The seed differs from process to process, so that nobody can prepare keys that collide; keys that do so all the same
 * are handled by the index (key-index.ts), not here. Mixing is a step of MurmurHash3's finaliser.
 */
/** A shorter way to call it, in bytecode: every look-up does five times, and has to be small (key-index.ts, `find`). */
const { imul } = Math;
const SEED = (Math.random() * 2 ** 32) | 0;
const M1 = 0x01000193;
const M2 = 0x85ebca6b | 0;
const M3 = 0xc2b2ae35 | 0;
const M4 = 0x27d4eb2f;
const MIX = 0x2c1b3c6d;

/** Shorter strings are read whole. */
const SAMPLED_LENGTH = 8;

/** Whether `sampleText` reads a sample of this string, not all of it. */
export function isSampled(text: string): boolean {
  return text.length >= SAMPLED_LENGTH;
}

export function sampleText(text: string): number {
  const length = text.length;
  if (length < SAMPLED_LENGTH) return wholeText(text);
  const at = length - 6;
  const a = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
  const b = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16);
  const c = text.charCodeAt(at + 4) | (text.charCodeAt(at + 5) << 16);
  const d = text.charCodeAt(0) | (text.charCodeAt(length >> 1) << 16);
  // A sum: exclusive or gave hundreds of times as many equal hashes as chance to keys that only differ in some digits.
  const sum = imul(a ^ SEED, M1) + imul(b ^ length, M2) + imul(c, M3) + imul(d, M4);
  // As in mix(); written out, a look-up is small enough to be inlined whole.
  const hash = imul(sum ^ (sum >>> 15), MIX);
  return hash ^ (hash >>> 13);
}

export function wholeText(text: string): number {
  const length = text.length;
  let a = SEED;
  let b = length;
  let at = 0;
  for (; at + 1 < length; at += 2) {
    a = imul(a ^ text.charCodeAt(at), M1);
    b = imul(b ^ text.charCodeAt(at + 1), M2);
  }
  if (at < length) a = imul(a ^ text.charCodeAt(at), M1);
  return mix(a ^ ((b << 16) | (b >>> 16)));
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** Equal numbers hash equally, also 0 and -0. Not for NaN, which is not equal to itself. */
export function hashNumber(value: number): number {
  const whole = value | 0;
  if (whole === value) return mix(imul(whole ^ SEED, M1));
  double[0] = value;
  return mix(imul(halves[0] ^ SEED, M1) ^ imul(halves[1], M2));
}

const identities = new WeakMap<object, number>();
let identified = 0;

/** Of any other key. Objects are told apart by a number each; symbols by what they are called, which may not do. */
export function hashOther(key: unknown): number {
  switch (typeof key) {
    case "bigint":
      return hashNumber(Number(BigInt.asIntN(53, key)));
    case "symbol":
      return wholeText(key.description ?? "");
    case "object":
    case "function":
      return key === null ? mix(M3) : mix(identityOf(key as object));
    default:
      return wholeText(String(key));
  }
}

function identityOf(key: object): number {
  let identity = identities.get(key);
  if (identity === undefined) {
    identity = ++identified | 0;
    identities.set(key, identity);
  }
  return imul(identity ^ SEED, M1);
}

function mix(value: number): number {
  const hash = imul(value ^ (value >>> 15), MIX);
  return hash ^ (hash >>> 13);
}

/** The same in every process (FNV-1a, 32 bits): for recordings, where nobody can attack. */
export function stableHash(key: string | number): number {
  const text = String(key);
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
