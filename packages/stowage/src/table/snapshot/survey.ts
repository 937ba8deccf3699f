/**
 * What the first pass goes through: the segments there are when it begins, each up to where it is filled then, main's log
 * before the window's and each from its oldest segment on; so that what is loaded last is what would be evicted last.
 *
 * It also remembers what has been gone through, for the second pass.
 */
import { offsetInSegment, segmentOf } from "../log/items.js";
import { endOf, generationOf, highWater, logOf, seqOf, stateOf } from "../log/segments.js";
import { LOG_MAIN, SEGMENT_OPEN, SEGMENT_SEALED } from "../memory/layout.js";
import type { TableState } from "../state.js";

export interface Part {
  readonly segment: number;
  readonly generation: number;
  /** Bytes from the segment's start. */
  readonly end: number;
}

export class Survey {
  readonly parts: readonly Part[];
  readonly #t: TableState;
  /** By segment: where what the first pass took care of ends, and in which generation of the segment. */
  readonly #coveredEnds: Float64Array;
  readonly #generations: Int32Array;

  constructor(t: TableState) {
    this.#t = t;
    this.parts = partsOf(t);
    this.#coveredEnds = new Float64Array(t.segmentCount);
    this.#generations = new Int32Array(t.segmentCount);
    for (const { segment, generation, end } of this.parts) {
      this.#coveredEnds[segment] = end;
      this.#generations[segment] = generation;
    }
  }

  /** From here on, the first pass could not tell: the second will look. */
  uncover(segment: number, offset: number): void {
    this.#coveredEnds[segment] = Math.min(this.#coveredEnds[segment], offset);
  }

  /** Whether an item that is linked here now is one that the first pass has seen. */
  isCovered(location: number): boolean {
    const segment = segmentOf(this.#t, location);
    if (offsetInSegment(this.#t, location) >= this.#coveredEnds[segment]) return false;
    return generationOf(this.#t, segment) === this.#generations[segment];
  }
}

function partsOf(t: TableState): Part[] {
  const ofMain: Part[] = [];
  const ofWindow: Part[] = [];
  for (let segment = 0; segment < highWater(t); segment++) {
    const generation = generationOf(t, segment);
    const state = stateOf(t, segment);
    if (state !== SEGMENT_OPEN && state !== SEGMENT_SEALED) continue;
    const part = { segment, generation, end: endOf(t, segment) };
    (logOf(t, segment) === LOG_MAIN ? ofMain : ofWindow).push(part);
  }
  return [...inOrder(t, ofMain), ...inOrder(t, ofWindow)];
}

/** By SEQ, which counts modulo 2^32. Numbers are sorted, not objects: there may be many thousands, and nobody may wait. */
function inOrder(t: TableState, parts: readonly Part[]): Part[] {
  if (parts.length === 0) return [];
  const middle = seqOf(t, parts[0].segment);
  const keys = Float64Array.from(parts, ({ segment }, index) => {
    const place = (seqOf(t, segment) - middle + 2 ** 31) >>> 0;
    return place * indexRoom + index;
  });
  return Array.from(keys.sort(), (key) => parts[key % indexRoom]);
}

/** More segments than there can be; with a place of 32 bits it makes 53 bits. */
const indexRoom = 2 ** 21;
