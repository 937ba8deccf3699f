/**
 * A first-in-first-out queue of slots in small chunks: 4 bytes a slot, grows and shrinks without copying.
 *
 *     chunks   | 3 9 1 4 | 7 2 0 8 | 5 - - - |       first: where the oldest chunk is read, end: where the newest is written
 *                    ^first           ^end
 *
 * A chunk that was read to its end is kept as a spare, so that a queue of steady length allocates nothing.
 */
const CHUNK_SLOTS = 256;

export class SlotQueue {
  readonly #chunks: Int32Array[] = [new Int32Array(CHUNK_SLOTS)];
  #oldest: Int32Array = this.#chunks[0];
  #newest: Int32Array = this.#chunks[0];
  #spare: Int32Array | undefined;
  #first = 0;
  #end = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest slot; asked of an empty queue, none that counts. */
  head(): number {
    return this.#oldest[this.#first];
  }

  push(slot: number): void {
    if (this.#end === CHUNK_SLOTS) this.#extend();
    this.#newest[this.#end++] = slot;
    this.#length++;
  }

  /** Drops the head. */
  shift(): void {
    this.#length--;
    if (++this.#first === CHUNK_SLOTS) this.#dropChunk();
  }

  /** Every slot, oldest first. */
  slots(): number[] {
    const all: number[] = [];
    for (const chunk of this.#chunks) all.push(...chunk);
    return all.slice(this.#first, this.#first + this.#length);
  }

  #extend(): void {
    this.#newest = this.#spare ?? new Int32Array(CHUNK_SLOTS);
    this.#spare = undefined;
    this.#chunks.push(this.#newest);
    this.#end = 0;
  }

  #dropChunk(): void {
    this.#first = 0;
    if (this.#chunks.length === 1) {
      this.#end = 0;
      return;
    }
    this.#spare = this.#chunks.shift();
    this.#oldest = this.#chunks[0];
  }
}
