/**
 * The records within one write transaction: what is written also moves its end, and the ledger. Room is made by evicting what has a
 * lifetime, the soonest to end first; a check at the beginning of a write says whether there can be enough.
 */
import { StoreFullError } from "../../base/errors.js";
import { type Envelope, endOf, seal, unseal } from "./envelope.js";
import { costOf, Ledger } from "./ledger.js";
import type { LmdbFile } from "./types.js";

const EMPTY = Buffer.alloc(0);
const END_BYTES = 8;
/** How many ends are looked at together. */
const SLICE = 16;
const FOREVER = endKey(Number.POSITIVE_INFINITY, EMPTY);

export class Page {
  readonly #file: LmdbFile;
  readonly #bytesMax: number;
  readonly #ledger: Ledger;
  #isChanged = false;

  constructor(file: LmdbFile, bytesMax: number) {
    this.#file = file;
    this.#bytesMax = bytesMax;
    this.#ledger = Ledger.read(file.ends);
  }

  get(id: Buffer): Envelope | undefined {
    return unseal(this.#file.records.getBinaryFast(id));
  }

  /** @throws StoreFullError where these cannot all be there at the same time; nothing was changed */
  checkRoom(verb: string, entries: readonly { readonly id: Buffer; readonly envelope: Envelope }[]): void {
    const needed = entries.reduce((sum, { id, envelope }) => sum + costOf(id, seal(envelope).length), 0);
    const { fixed } = this.#ledger;
    if (needed + fixed > this.#bytesMax) throw new StoreFullError(verb, needed, fixed, this.#bytesMax);
  }

  put(id: Buffer, envelope: Envelope): void {
    this.remove(id);
    const bytes = seal(envelope);
    const cost = costOf(id, bytes.length);
    this.#makeRoom(cost);
    const end = endOf(envelope);
    this.#file.records.putSync(id, bytes);
    if (end !== Number.POSITIVE_INFINITY) this.#file.ends.putSync(endKey(end, id), EMPTY);
    this.#ledger.add(cost, end === Number.POSITIVE_INFINITY);
    this.#isChanged = true;
  }

  remove(id: Buffer): void {
    const found = this.#file.records.getBinaryFast(id);
    if (found === undefined) return;
    const cost = costOf(id, found.length);
    const envelope = unseal(found);
    this.#file.records.removeSync(id);
    // What somebody else has put there was never reckoned.
    if (envelope === undefined) return;
    const end = endOf(envelope);
    if (end !== Number.POSITIVE_INFINITY) this.#file.ends.removeSync(endKey(end, id));
    this.#ledger.add(-cost, end === Number.POSITIVE_INFINITY);
    this.#isChanged = true;
  }

  /** Removes what ended before or at that time, so many at most. @returns how many went */
  removeEnded(time: number, limit: number): number {
    const ended = this.#firstEnds(endKey(time, Buffer.from([0xff])), limit);
    for (const key of ended) this.#removeAt(key);
    return ended.length;
  }

  /** The last thing that is done in the transaction. */
  finish(): void {
    if (this.#isChanged) this.#ledger.write(this.#file.ends);
  }

  #makeRoom(cost: number): void {
    while (this.#ledger.bytes + cost > this.#bytesMax) {
      const ends = this.#firstEnds(FOREVER, SLICE);
      if (ends.length === 0) return;
      for (const key of ends) {
        if (this.#ledger.bytes + cost <= this.#bytesMax) return;
        this.#removeAt(key);
      }
    }
  }

  #firstEnds(end: Buffer, limit: number): Buffer[] {
    const keys = this.#file.ends.getKeys({ start: endKey(0, EMPTY), end, limit });
    return Array.from(keys, (key) => Buffer.from(key));
  }

  /** Also an end that has no record any more, which cannot be: else it would come back for ever. */
  #removeAt(key: Buffer): void {
    this.remove(key.subarray(END_BYTES));
    this.#file.ends.removeSync(key);
  }
}

/** Doubles above 0 are in the order of their bytes. */
function endKey(end: number, id: Buffer): Buffer {
  const key = Buffer.allocUnsafe(END_BYTES + id.length);
  key.writeDoubleBE(end);
  id.copy(key, END_BYTES);
  return key;
}
