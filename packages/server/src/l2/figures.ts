/**
 * What becomes of L2, counted in memory that all workers share, since whichever worker is asked tells of all. Each worker has a
 * block and is its only writer; one that replaces a dead one goes on counting where that one ended.
 */

const names = [
  "reads",
  "found",
  "writes",
  "failures",
  "away",
  "overtaken",
  "up",
  "behind",
  "reached",
  "sent",
  "received",
  "flushes",
] as const;

type Name = (typeof names)[number];

export interface L2Figures {
  /** Keys that were asked of L2, since the table had them not. */
  readonly reads: number;
  /** Of these, those that were there. */
  readonly found: number;
  readonly writes: number;
  /** Calls that got no answer. */
  readonly failures: number;
  /** Reads that were told that there is nothing, since L2 did not answer. */
  readonly away: number;
  /** Copies that were not kept, since the key was written or invalidated meanwhile. */
  readonly overtaken: number;
  /** Workers that L2 answers. */
  readonly up: number;
  /** Workers that do not hear what others write. */
  readonly behind: number;
  /** Workers that L2 has answered since they began. */
  readonly reached: number;
  /** Messages to the other servers, and from them. */
  readonly sent: number;
  readonly received: number;
  /** Times that the table was cleared for what may have been missed. */
  readonly flushes: number;
}

const gauges: ReadonlySet<Name> = new Set(["up", "behind"]);

export function createL2Memory(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * names.length * Float64Array.BYTES_PER_ELEMENT);
}

/** Of all workers together. */
export function readL2Figures(memory: SharedArrayBuffer): L2Figures {
  const doubles = new Float64Array(memory);
  const sums = names.map((_, at) => {
    let sum = 0;
    for (let index = at; index < doubles.length; index += names.length) sum += doubles[index];
    return sum;
  });
  return Object.fromEntries(names.map((name, at) => [name, sums[at]])) as unknown as L2Figures;
}

/** One worker's own. */
export class L2Counts {
  readonly #block: Float64Array;

  constructor(memory: SharedArrayBuffer, worker: number) {
    const bytes = names.length * Float64Array.BYTES_PER_ELEMENT;
    this.#block = new Float64Array(memory, worker * bytes, names.length);
    for (const name of gauges) this.set(name, 0);
  }

  add(name: Name, count = 1): void {
    this.#block[names.indexOf(name)] += count;
  }

  set(name: Name, value: number): void {
    this.#block[names.indexOf(name)] = value;
  }
}
