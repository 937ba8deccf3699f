/**
 * What one turn of the event loop has to tell: all its keys in one message, or in as few as the bus's texts are long enough for.
 * Where that would be too much, everybody is told to drop everything: that is always right, and always short.
 */
import { clearText, LIST_END, listHead } from "./message.js";

/** What a message's text costs beside its list: numbers of at most 16 digits, an origin of at most 64 characters. */
const HEAD_BYTES = 160;
/** Longer messages hold up others, on the way and where they are read. */
const TEXT_BYTES_MAX = 128 * 1_024;
/** More would take longer to tell, and to follow, than to fill L1 again. */
const TEXTS_MAX = 8;

interface Invalidation {
  readonly epoch: number;
  readonly marks: string[];
}

/** What is told and how many bytes of JSON it takes. */
export class News {
  readonly #textBytesMax: number;
  /** As JSON. */
  readonly #keys = new Set<string>();
  #invalidations: Invalidation[] = [];
  #bytes = 0;
  #isClear = false;

  /** @param textBytesMax the bus's */
  constructor(textBytesMax: number) {
    this.#textBytesMax = Math.min(textBytesMax, TEXT_BYTES_MAX);
  }

  get isEmpty(): boolean {
    return !this.#isClear && this.#keys.size === 0 && this.#invalidations.length === 0;
  }

  addKeys(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.#isClear) return;
      const text = JSON.stringify(key);
      if (this.#keys.has(text)) continue;
      this.#keys.add(text);
      this.#count(text);
    }
  }

  addMarks(marks: Iterable<string>, epoch: number): void {
    if (this.#isClear) return;
    const invalidation: Invalidation = { epoch, marks: [] };
    this.#invalidations.push(invalidation);
    this.#bytes += HEAD_BYTES;
    for (const mark of marks) {
      if (this.#isClear) return;
      const text = JSON.stringify(mark);
      invalidation.marks.push(text);
      this.#count(text);
    }
  }

  addClear(): void {
    this.#isClear = true;
    this.#keys.clear();
    this.#invalidations = [];
  }

  /** The texts of all that was added, which is nothing after this. @param seq gives the next number */
  *take(origin: string, seq: () => number): Generator<string> {
    const [keys, invalidations, isClear] = [[...this.#keys], this.#invalidations, this.#isClear];
    this.#keys.clear();
    this.#invalidations = [];
    this.#bytes = 0;
    this.#isClear = false;
    if (isClear) yield clearText(origin, seq());
    for (const { marks, epoch } of invalidations)
      for (const part of this.#parts(marks)) yield listHead(origin, seq(), "tags", epoch) + part + LIST_END;
    for (const part of this.#parts(keys)) yield listHead(origin, seq(), "keys") + part + LIST_END;
  }

  /** Lists that fit into a text each. */
  *#parts(texts: readonly string[]): Generator<string> {
    const bytesMax = this.#textBytesMax - HEAD_BYTES;
    let part: string[] = [];
    let bytes = 0;
    for (const text of texts) {
      const more = Buffer.byteLength(text) + 1;
      if (bytes + more > bytesMax && part.length > 0) {
        yield part.join(",");
        part = [];
        bytes = 0;
      }
      part.push(text);
      bytes += more;
    }
    if (part.length > 0) yield part.join(",");
  }

  /** One text that fits into no message, or too many: nobody can be told in detail. */
  #count(text: string): void {
    const bytes = Buffer.byteLength(text) + 1;
    this.#bytes += bytes;
    const room = this.#textBytesMax - HEAD_BYTES;
    if (bytes > room || this.#bytes > room * TEXTS_MAX) this.addClear();
  }
}
