/** export, import, save, restore: entries as plain data, in memory or in a file, as the in-process cache has them too. */

import { ClosedError } from "../../../base/errors.js";
import { checkExported, type RestoreResult, restoreBatches } from "../../../cache/actions/dump.js";
import { saveDump } from "../../../cache/persist/save.js";
import type { DumpEntry, RestoreOptions, SaveOptions, SaveResult } from "../../../cache/persist/types.js";
import { verbIndex } from "../../../cache/services/stats.js";
import type { ExportedEntry } from "../../../cache/types.js";
import { checkKey, type Encoded, encode, store, trailerOf, valueIn } from "../entry.js";
import type { SharedState } from "../state.js";
import { type SharedStoring, storingOf } from "../storing.js";
import { walk } from "./iterate.js";

export function exportEntries<V>(s: SharedState<V>): ExportedEntry<string, V>[] {
  s.stats.calls[verbIndex.export]++;
  return Array.from(walk(s, "export"), (key) => exportedOf(s, key));
}

/** All or nothing as far as wrong input goes; entries that have expired meanwhile are left out. */
export function importEntries<V>(s: SharedState<V>, entries: Iterable<ExportedEntry<string, V>>): number {
  const arrivals = checkExported(entries).map((entry) => prepare(s, entry));
  s.stats.calls[verbIndex.import]++;
  return storeAll(s, arrivals);
}

export function save<V>(s: SharedState<V>, path: string, options: SaveOptions = {}): Promise<SaveResult> {
  s.stats.calls[verbIndex.save]++;
  return saveDump(path, openEntries(s), { clock: s.time.clock, ...options });
}

export async function restore<V>(
  s: SharedState<V>,
  path: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  s.stats.calls[verbIndex.restore]++;
  return restoreBatches<string, V>(path, { clock: s.time.clock, ...options }, (batch) => {
    if (s.closed) throw new ClosedError("restore");
    return storeAll(
      s,
      batch.map((entry) => prepare(s, entry)),
    );
  });
}

function* openEntries<V>(s: SharedState<V>): Generator<DumpEntry, void, undefined> {
  for (const key of walk(s, "save")) yield exportedOf(s, key);
}

/** The entry that was looked at. */
function exportedOf<V>(s: SharedState<V>, key: string): ExportedEntry<string, V> {
  const { ttl, ttlGiven, keepMs } = s.reading;
  const mortal = ttl !== Number.POSITIVE_INFINITY;
  const { tags } = trailerOf(s);
  return {
    key,
    value: valueIn(s, key),
    expiresAt: mortal ? Math.round(s.time.clock.wall() + ttl - keepMs) : null,
    ...(mortal && { ttl: ttlGiven - keepMs }),
    ...(tags.length > 0 && { tags }),
  };
}

interface Arrival<V> {
  readonly entry: ExportedEntry<string, V>;
  readonly how: SharedStoring;
  readonly encoded: Encoded;
}

/** All that can be wrong with it is found out here. Idle times and weights of another cache mean nothing here. */
function prepare<V>(s: SharedState<V>, entry: ExportedEntry<string, V>): Arrival<V> {
  checkKey(entry.key, "import");
  const how = storingOf(s, entry.key, entry.value, { ttl: null, tags: entry.tags }, "import");
  return { entry, how, encoded: encode(s, entry.key, entry.value, how) };
}

function storeAll<V>(s: SharedState<V>, arrivals: readonly Arrival<V>[]): number {
  let stored = 0;
  for (const { entry, how, encoded } of arrivals) {
    const leftMs = entry.expiresAt === null ? 0 : entry.expiresAt - s.time.clock.wall();
    if (entry.expiresAt !== null && leftMs <= 0) continue;
    const given = leftMs === 0 ? 0 : (entry.ttl ?? leftMs);
    store(
      s,
      entry.key,
      encoded,
      { ...how, ttlMs: leftMs },
      "import",
      undefined,
      0,
      undefined,
      undefined,
      given,
    );
    stored++;
  }
  s.removals.flush();
  return stored;
}
