/**
 * The columns of the cache's entry table that are not keys or values: one number per slot, in chunks that are added as
 * the table grows, so that growing never copies more than one chunk (see chunks.ts for why).
 *
 * A slot that was never written reads 0; columns are made only when the first entry needs them, and by then slots
 * exist, so 0 has to mean "none" wherever they are used.
 */
import { CHUNK_BITS, CHUNK_MASK, growChunks } from "./chunks.js";

/** A double per slot: times, weights. */
export class SlotDoubles {
  readonly #chunks: Float64Array[] = [];

  reserve(slots: number): void {
    growChunks(this.#chunks, slots, Float64Array);
  }

  get(slot: number): number {
    return this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK];
  }

  set(slot: number, value: number): void {
    this.#chunks[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = value;
  }
}

export { SlotInts } from "./chunks.js";
