/**
 * Figures of snapshots, for metrics: the supervisor takes the snapshots, and workers answer for them, so they stand in
 * shared memory. One writer; each figure is one double, which is never seen half written.
 */

const names = [
  "on",
  "snapshots",
  "failures",
  "lastAt",
  "durationMs",
  "entries",
  "bytes",
  "missed",
  "loadedEntries",
  "loadMs",
  "damagedBlocks",
] as const;

type Name = (typeof names)[number];

export interface StoreFigures {
  /** Whether there is a data directory. */
  readonly on: boolean;
  readonly snapshots: number;
  /** Snapshots that failed. */
  readonly failures: number;
  /** When the last one that succeeded was begun, in milliseconds since 1970, those of earlier runs included; null: none. */
  readonly lastAt: number | null;
  readonly ageMs: number | null;
  /** Of the last one, as are the next three. */
  readonly durationMs: number;
  readonly entries: number;
  readonly bytes: number;
  /** Entries left out because they were rewritten all the time. */
  readonly missed: number;
  /** Of the warm start. */
  readonly loadedEntries: number;
  readonly loadMs: number;
  readonly damagedBlocks: number;
}

export function createStoreMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(names.length * Float64Array.BYTES_PER_ELEMENT);
}

export function readStoreFigures(memory: SharedArrayBuffer, wallMs: number): StoreFigures {
  const doubles = new Float64Array(memory);
  const figures = Object.fromEntries(names.map((name, index) => [name, doubles[index]])) as Record<
    Name,
    number
  >;
  const lastAt = figures.lastAt === 0 ? null : figures.lastAt;
  const ageMs = lastAt === null ? null : Math.max(0, wallMs - lastAt);
  return { ...figures, on: figures.on === 1, lastAt, ageMs };
}

export function noteFigures(memory: SharedArrayBuffer, figures: Partial<Record<Name, number>>): void {
  const doubles = new Float64Array(memory);
  for (const [name, value] of Object.entries(figures)) doubles[names.indexOf(name as Name)] = value;
}

export function addFigure(memory: SharedArrayBuffer, name: "snapshots" | "failures"): number {
  return ++new Float64Array(memory)[names.indexOf(name)];
}
