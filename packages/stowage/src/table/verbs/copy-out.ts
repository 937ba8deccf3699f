/**
 * Copying values out of the shared memory.
 *
 * The engine copies shared memory by eight bytes when both sides are aligned alike, else byte by byte, which is eight
 * times slower. So short values, which begin at a multiple of 4, are copied by a loop over words; longer ones begin at a
 * multiple of 8 (ALIGNED) and go through the engine, to where the caller wants them by way of private memory if that is
 * not aligned.
 *
 * Results are Buffers cut from a pool, as Node's own small ones are; the pool is ours so that it can be filled word by
 * word. A text is decoded from a private copy: decoders read twice, and bytes that change in between would lead them out
 * of bounds.
 */
import { BANK_UNIT_BITS, BANK_UNIT_MASK } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { memoryFor } from "./probe.js";

const POOL_BYTES = 64 * 1024;
/** Larger values get memory of their own. */
const POOLED_MAX = 4 * 1024;
/** Up to so many bytes a loop over words beats a call. */
const LOOP_MAX = 512;
export const SCRATCH_BYTES = 64 * 1024;

/** Private memory of this thread: what is decoded, and what cannot be copied straight. */
export const scratch = Buffer.from(new ArrayBuffer(SCRATCH_BYTES + 8));
const scratchWords = new Int32Array(scratch.buffer);

let pool = new ArrayBuffer(0);
let poolWords = new Int32Array(0);
let poolBytes = Buffer.alloc(0);
/** Behind the end: the first result of all, even an empty one, makes the first pool. */
let poolAt = POOL_BYTES + 1;

/** The memory that was copied to last, in words: callers use one buffer again and again. */
let targetBuffer: ArrayBufferLike = pool;
let targetWords: Int32Array = poolWords;

/** `length` bytes of an item from byte `start` on, as a Buffer of the caller's own. `start` is a multiple of 4. */
export function copyOut(t: TableState, location: number, start: number, length: number): Buffer {
  const from = (location & BANK_UNIT_MASK) * 8 + start;
  const bank = location >>> BANK_UNIT_BITS;
  if (length > POOLED_MAX) return copyLarge(t, t.bankBytes[bank], from, length);
  if (poolAt + length > POOL_BYTES) renewPool();
  const at = poolAt;
  if (length <= LOOP_MAX) copyWords(t.banks[bank], from >> 2, poolWords, at >> 2, (length + 3) >> 2);
  else t.bankBytes[bank].copy(poolBytes, at, from, from + length);
  poolAt = (at + length + 7) & ~7;
  return Buffer.from(pool, at, length);
}

/** Copies to where the caller wants it. */
export function copyInto(
  t: TableState,
  location: number,
  start: number,
  length: number,
  target: Uint8Array,
  offset: number,
): void {
  const from = (location & BANK_UNIT_MASK) * 8 + start;
  const bank = location >>> BANK_UNIT_BITS;
  const at = target.byteOffset + offset;
  if (length > LOOP_MAX) copyLong(t.bankBytes[bank], from, length, target, offset, at);
  else if ((at & 3) === 0) copyShort(t.banks[bank], from >> 2, length, target, offset, at);
  else {
    copyWords(t.banks[bank], from >> 2, scratchWords, 0, (length + 3) >> 2);
    scratch.copy(target, offset, 0, length);
  }
}

/** The value in `scratch`; `length` is at most its size. */
export function copyToScratch(t: TableState, location: number, start: number, length: number): void {
  const from = (location & BANK_UNIT_MASK) * 8 + start;
  const bank = location >>> BANK_UNIT_BITS;
  if (length <= LOOP_MAX) copyWords(t.banks[bank], from >> 2, scratchWords, 0, (length + 3) >> 2);
  else t.bankBytes[bank].copy(scratch, 0, from, from + length);
}

function copyWords(source: Int32Array, from: number, target: Int32Array, at: number, count: number): void {
  for (let index = 0; index < count; index++) target[at + index] = source[from + index];
}

/** Whole words, then what is left of the last one byte by byte: what comes behind is the caller's. */
function copyShort(
  source: Int32Array,
  from: number,
  length: number,
  target: Uint8Array,
  offset: number,
  at: number,
): void {
  const count = length >> 2;
  if (target.buffer !== targetBuffer || (at >> 2) + count > targetWords.length) takeTarget(target.buffer);
  copyWords(source, from, targetWords, at >> 2, count);
  let rest = (length & 3) === 0 ? 0 : source[from + count];
  for (let index = length & ~3; index < length; index++, rest >>= 8) target[offset + index] = rest;
}

function takeTarget(buffer: ArrayBufferLike): void {
  targetBuffer = buffer;
  targetWords = new Int32Array(buffer, 0, buffer.byteLength >> 2);
}

function copyLong(
  source: Buffer,
  from: number,
  length: number,
  target: Uint8Array,
  offset: number,
  at: number,
): void {
  if (((at ^ from) & 7) === 0 || length > SCRATCH_BYTES) {
    source.copy(target, offset, from, from + length);
    return;
  }
  source.copy(scratch, 0, from, from + length);
  scratch.copy(target, offset, 0, length);
}

function copyLarge(t: TableState, source: Buffer, from: number, length: number): Buffer {
  const copy = memoryFor(t, length);
  source.copy(copy, 0, from, from + length);
  return copy;
}

/** A word more than it holds, since the last word of a value may be copied whole. */
function renewPool(): void {
  pool = new ArrayBuffer(POOL_BYTES + 8);
  poolWords = new Int32Array(pool);
  poolBytes = Buffer.from(pool);
  poolAt = 0;
}
