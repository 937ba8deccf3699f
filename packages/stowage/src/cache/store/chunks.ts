/**
 * Typed arrays indexed by slot that grow without stalls: chunks of 64 Ki slots.
 *
 *     slot 17 | chunk 16 high bits | 16 low bits  ->  chunks[slot >>> 16][slot & 0xffff]
 *
 * A flat array would have to be copied whole when it grows, which at two million entries takes longer than the cache
 * may hold up the event loop. Here only the first chunk is ever copied, while it doubles up to its full size (a small
 * cache stays small); later chunks are added whole. Costs one more load than a flat array. Never shrinks.
 *
 * One class per element type on purpose: a shared one would make its element accesses polymorphic.
 */
export const CHUNK_BITS = 16;
const CHUNK_SLOTS = 1 << CHUNK_BITS;
export const CHUNK_MASK = CHUNK_SLOTS - 1;
/** The first chunk starts with this many slots. */
const FIRST_SLOTS = 16;

interface Chunk<Self> {
  readonly length: number;
  set(from: Self): void;
}

/** Makes room for `slots` slots, each `width` elements wide; copies at most one chunk. */
export function growChunks<T extends Chunk<T>>(
  chunks: T[],
  slots: number,
  make: new (length: number) => T,
  width = 1,
): void {
  if (slots <= CHUNK_SLOTS * (chunks.length - 1)) return;
  growFirst(chunks, slots, make, width);
  while (chunks.length * CHUNK_SLOTS < slots) chunks.push(new make(CHUNK_SLOTS * width));
}

function growFirst<T extends Chunk<T>>(
  chunks: T[],
  slots: number,
  make: new (length: number) => T,
  width: number,
): void {
  const first = chunks[0];
  const wanted = Math.min(CHUNK_SLOTS, slots) * width;
  if (first !== undefined && first.length >= wanted) return;
  chunks[0] = new make(Math.max(FIRST_SLOTS * width, 2 ** Math.ceil(Math.log2(wanted))));
  if (first !== undefined) chunks[0].set(first);
}

/** A byte per slot. */
export class SlotBytes {
  readonly #chunks: Uint8Array[] = [];

  reserve(slots: number): void {
    growChunks(this.#chunks, slots, Uint8Array);
  }

  get(slot: number): number {
    return this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK];
  }

  set(slot: number, value: number): void {
    this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = value;
  }
}

/** A signed 32-bit integer per slot. */
export class SlotInts {
  readonly #chunks: Int32Array[] = [];

  reserve(slots: number): void {
    growChunks(this.#chunks, slots, Int32Array);
  }

  get(slot: number): number {
    return this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK];
  }

  set(slot: number, value: number): void {
    this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = value;
  }
}
