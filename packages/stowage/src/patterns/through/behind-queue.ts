/**
 * What waits to be written: the newest value of each key, in the order in which keys came first. A key whose value is being
 * written may wait again with a newer one; should that write fail, the newer one stays, and the older one is forgotten.
 */

/** What is to be written of a key; a value of undefined: it is to be removed. */
export interface BehindEntry<V> {
  readonly key: string;
  readonly value: V | undefined;
}

export class BehindQueue<V> {
  readonly #waiting = new Map<string, V | undefined>();
  #writing = new Map<string, V | undefined>();
  #coalesced = 0;

  /** Keys that wait, or are being written. */
  get size(): number {
    let both = 0;
    for (const key of this.#writing.keys()) if (this.#waiting.has(key)) both++;
    return this.#waiting.size + this.#writing.size - both;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get writing(): number {
    return this.#writing.size;
  }

  /** How often a value took the place of one that had not been written. */
  get coalesced(): number {
    return this.#coalesced;
  }

  /** Whether it would make the queue longer. */
  isNew(key: string): boolean {
    return !this.#waiting.has(key) && !this.#writing.has(key);
  }

  put(key: string, value: V | undefined): void {
    if (this.#waiting.has(key)) this.#coalesced++;
    this.#waiting.set(key, value);
  }

  /** What readers have to see: the newest that is not written yet. */
  find(key: string): BehindEntry<V> | undefined {
    if (this.#waiting.has(key)) return { key, value: this.#waiting.get(key) };
    return this.#writing.has(key) ? { key, value: this.#writing.get(key) } : undefined;
  }

  /** The oldest, so many; they count as being written until `done` or `failed`. */
  begin(count: number): readonly BehindEntry<V>[] {
    for (const [key, value] of this.#waiting) {
      if (this.#writing.size === count) break;
      this.#writing.set(key, value);
      this.#waiting.delete(key);
    }
    return Array.from(this.#writing, ([key, value]) => ({ key, value }));
  }

  done(): void {
    this.#writing = new Map();
  }

  /** They wait again, before all others; what is newer stays. */
  failed(): void {
    const newer = [...this.#waiting];
    const old = this.#writing;
    this.#writing = new Map();
    this.#waiting.clear();
    for (const [key, value] of old) this.#waiting.set(key, value);
    for (const [key, value] of newer) this.put(key, value);
  }

  /** Those that are being written are given up; those of them for which nothing newer waits are returned. */
  lose(): readonly BehindEntry<V>[] {
    const lost = Array.from(this.#writing, ([key, value]) => ({ key, value }));
    this.#writing = new Map();
    return lost.filter(({ key }) => !this.#waiting.has(key));
  }

  /** All of it is given up. */
  loseAll(): readonly BehindEntry<V>[] {
    const lost = new Map([...this.#writing, ...this.#waiting]);
    this.#writing = new Map();
    this.#waiting.clear();
    return Array.from(lost, ([key, value]) => ({ key, value }));
  }
}
