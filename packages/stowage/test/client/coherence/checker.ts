/**
 * What was written against what was seen. A value is out of date for certain from when the next change of its key that was
 * answered had its answer; a read that began later than the bound after that, and returned it, broke the promise.
 */
import type { ReaderReport, Sighting, Write, WriterReport } from "./protocol.js";

export interface Stale extends Sighting {
  readonly byMs: number;
  readonly isDeleted: boolean;
}

export interface Verdict {
  /** Beyond the bound. */
  readonly broken: readonly Stale[];
  /** Of each value that a reader saw and that was changed: for how long after that it was still seen; 0: not at all. */
  readonly lingered: readonly number[];
}

/** When everything on the server was gone at once, and what was written before (numbers of writes go on over it). */
export interface Loss {
  readonly atMs: number;
}

export function check(
  writers: readonly WriterReport[],
  readers: readonly ReaderReport[],
  boundMs: number,
  losses: readonly Loss[] = [],
): Verdict {
  const changes = new Map<string, Write[]>();
  for (const { writes } of writers)
    for (const write of writes) changes.set(write.key, [...(changes.get(write.key) ?? []), write]);
  const sightings = readers.flatMap((report) => report.sightings);
  const stale = sightings.flatMap((sighting): Stale[] => {
    const next = changes.get(sighting.key)?.find(({ write }) => write > sighting.write);
    const stored = changes.get(sighting.key)?.find(({ write }) => write === sighting.write);
    const lost = losses.find(({ atMs }) => stored !== undefined && stored.endedAtMs < atMs)?.atMs;
    const goneAtMs = Math.min(next?.endedAtMs ?? Number.POSITIVE_INFINITY, lost ?? Number.POSITIVE_INFINITY);
    if (goneAtMs === Number.POSITIVE_INFINITY) return [];
    return [{ ...sighting, byMs: sighting.beganAtMs - goneAtMs, isDeleted: next?.isDelete ?? true }];
  });
  return {
    broken: stale.filter(({ byMs }) => byMs > boundMs),
    lingered: stale.map(({ byMs }) => Math.max(0, byMs)).sort((a, b) => a - b),
  };
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
