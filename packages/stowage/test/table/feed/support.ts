/** A ring as one thread sees it, notes whose parts prove that they belong together, and a ring that is blind. */
import { changeKind, ringBytes, slotWords } from "../../../src/table/feed/layout.js";
import { type Found, Ring } from "../../../src/table/feed/ring.js";
import type { Change } from "../../../src/table/feed/types.js";

export const threads = 8;

export interface Watchers {
  count: number;
  add(count: number): void;
}

export function watchersOf(): Watchers {
  return {
    count: 0,
    add(count: number) {
      this.count += count;
    },
  };
}

export function makeBuffer(capacity: number, first?: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(ringBytes(capacity, threads));
  Ring.initialize(buffer, capacity, threads, first);
  return buffer;
}

export function openRing(buffer: SharedArrayBuffer, thread = 0, watchers = watchersOf()): Ring {
  return new Ring(buffer, { thread, watchers });
}

/** Notes the key under hashes that can be checked against it. */
export function noteKey(ring: Ring, key: string | Uint8Array, kind: number = changeKind.set): void {
  const bytes = Buffer.from(key);
  const words = new Int32Array(Math.ceil(bytes.length / 4) + 1);
  new Uint8Array(words.buffer).set(bytes, 4);
  ring.note(kind, sumOf(bytes), ~sumOf(bytes), words, 1, bytes.length);
}

export function sumOf(bytes: Uint8Array): number {
  return bytes.subarray(0, 48).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, bytes.length);
}

/** Whether hashes and key are of one note. */
export function isWhole(change: Change): boolean {
  const sum = change.key.reduce((all, byte) => (Math.imul(all, 31) + byte) | 0, change.keyLength);
  return change.h1 === sum && change.h2 === ~sum;
}

/** A ring that does not look whose lap a slot holds: it takes what it finds for what it was looking for. */
export class BlindRing extends Ring {
  override read(sequence: number, into: Int32Array, head: number): Found {
    if (sequence >= head) return "none";
    const start = this.words.length - this.capacity * slotWords;
    const from = start + ((sequence >>> 0) & (this.capacity - 1)) * slotWords;
    into.set(this.words.subarray(from, from + slotWords));
    return "change";
  }
}
