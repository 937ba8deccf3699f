/** export, import, save, restore: entries as plain data, in memory or in a file. */
import type { Clock } from "../../base/clock.js";
import { ClosedError, InvalidArgumentError } from "../../base/errors.js";
import { type Storing, storingOf } from "../core/lifetime.js";
import { liveSlots } from "../core/lookup.js";
import { checkValue, put } from "../core/put.js";
import { exportedOf } from "../core/view.js";
import { openDump } from "../persist/restore.js";
import { saveDump } from "../persist/save.js";
import type { DumpEntry, RestoreOptions, SaveOptions, SaveResult } from "../persist/types.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import type { ExportedEntry } from "../types.js";

export function exportEntries<K, V>(s: State<K, V>): ExportedEntry<K, V>[] {
  s.stats.calls[verbIndex.export]++;
  return Array.from(liveSlots(s), (slot) => exportedOf(s, slot));
}

/** All or nothing as far as wrong input goes; entries that have expired meanwhile are left out. */
export function importEntries<K, V>(s: State<K, V>, entries: Iterable<ExportedEntry<K, V>>): number {
  const arrivals = checkExported(entries).map((entry) => prepare(s, entry));
  s.stats.calls[verbIndex.import]++;
  let stored = 0;
  for (const arrival of arrivals) if (store(s, arrival)) stored++;
  s.removals.flush();
  return stored;
}

export function save<K, V>(s: State<K, V>, path: string, options: SaveOptions = {}): Promise<SaveResult> {
  s.stats.calls[verbIndex.save]++;
  return saveDump(path, openEntries(s), { clock: s.time.clock, ...options });
}

/** What `restore` did. */
export interface RestoreResult {
  /** Entries that were stored. */
  readonly entries: number;
  /** Entries that were not: they had expired, or the cache refused them as too heavy. */
  readonly skipped: number;
}

export async function restore<K, V>(
  s: State<K, V>,
  path: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  s.stats.calls[verbIndex.restore]++;
  return restoreBatches<K, V>(path, { clock: s.time.clock, ...options }, (batch) => {
    checkOpen(s, "restore");
    const arrivals = batch.map((entry) => prepare(s, entry));
    const stored = arrivals.filter((arrival) => store(s, arrival)).length;
    s.removals.flush();
    return stored;
  });
}

/** Reads a dump and hands its entries over, a batch at a time; `store` says how many it stored. */
export async function restoreBatches<K, V>(
  path: string,
  options: RestoreOptions & { readonly clock: Clock },
  store: (batch: readonly ExportedEntry<K, V>[]) => number,
): Promise<RestoreResult> {
  const dump = await openDump(path, options);
  let stored = 0;
  try {
    for await (const batch of dump.entries()) stored += store(batch as readonly ExportedEntry<K, V>[]);
  } finally {
    await dump.close();
  }
  return { entries: stored, skipped: dump.count - stored };
}

/** Each entry as it is when the writer comes to it; an entry that is there all along is written once. */
function* openEntries<K, V>(s: State<K, V>): Generator<DumpEntry, void, undefined> {
  checkOpen(s, "save");
  for (const slot of liveSlots(s)) {
    yield exportedOf(s, slot);
    checkOpen(s, "save");
  }
}

function checkOpen<K, V>(s: State<K, V>, verb: string): void {
  if (s.closed) throw new ClosedError(verb);
}

/** An entry and how to store it; all that can be wrong with it is found out here. */
interface Arrival<K, V> {
  readonly entry: ExportedEntry<K, V>;
  readonly how: Storing;
}

function prepare<K, V>(s: State<K, V>, entry: ExportedEntry<K, V>): Arrival<K, V> {
  const own = { ttl: null, idle: entry.idle ?? null, tags: entry.tags, weight: entry.weight };
  return { entry, how: storingOf(s, entry.key, entry.value, own, "import") };
}

/** False if it has expired meanwhile, or is too heavy. */
function store<K, V>(s: State<K, V>, { entry, how }: Arrival<K, V>): boolean {
  const leftMs = entry.expiresAt === null ? 0 : entry.expiresAt - s.time.clock.wall();
  if (entry.expiresAt !== null && leftMs <= 0) return false;
  const stored = put(s, entry.key, entry.value, { ...how, ttlMs: leftMs }, "import");
  if (stored && entry.ttl !== undefined && leftMs > 0) s.expiry.setGiven(s.index.find(entry.key), entry.ttl);
  return stored;
}

export function checkExported<K, V>(entries: Iterable<ExportedEntry<K, V>>): ExportedEntry<K, V>[] {
  if (typeof entries !== "object" || entries === null || !(Symbol.iterator in entries)) {
    throw new InvalidArgumentError("import", "entries", entries, "an iterable of what export() gave");
  }
  return [...entries].map(checkEntry);
}

function checkEntry<K, V>(entry: ExportedEntry<K, V>, index: number): ExportedEntry<K, V> {
  const where = `entries[${index}]`;
  if (typeof entry !== "object" || entry === null || !("key" in entry) || !("value" in entry)) {
    throw new InvalidArgumentError("import", where, entry, "an entry with key, value and expiresAt");
  }
  checkValue(entry.value, entry.key, "import");
  const { expiresAt, ttl } = entry;
  if (expiresAt !== null && !Number.isFinite(expiresAt)) {
    const right = "milliseconds since 1970, or null";
    throw new InvalidArgumentError("import", `${where}.expiresAt`, expiresAt, right);
  }
  if (ttl !== undefined && !(typeof ttl === "number" && ttl > 0 && Number.isFinite(ttl))) {
    throw new InvalidArgumentError("import", `${where}.ttl`, ttl, "milliseconds above 0");
  }
  return entry;
}
