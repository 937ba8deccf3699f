/**
 * Heap bytes an entry over key and value: how much memory in use grows, after full collections, when a cache is
 * made and filled with keys and values that are already there.
 * A hash table that doubles is at its best just before and at its worst just after; one size says nothing about the
 * others.
 */
import { bytesInUse, ensure } from "../../harness/checks.js";
import type { BenchCache } from "../contenders/contender.js";
import { fill, type Measurement, openWithRoom } from "./context.js";
import { makeKeys, makeValues } from "./data.js";
import { rowTtlMs } from "./probes.js";

export function heapPerEntry({ ttl }: { ttl: boolean }): Measurement {
  return async ({ contender, settings }) => {
    const entries = settings.large;
    const keys = makeKeys("user", entries);
    const values = makeValues(entries);
    await openAndRead(contender.create({ max: 10, ...(ttl ? { ttlMs: rowTtlMs } : {}) }));

    const before = await bytesInUse();
    const cache = openWithRoom(contender, entries, ttl ? { ttlMs: rowTtlMs } : {});
    if (cache === undefined) return undefined;
    await fill(cache, keys, values);
    const after = await bytesInUse();

    for (let i = 0; i < entries; i++) {
      ensure((await cache.get(keys[i])) === values[i], `${keys[i]} reads back as what was set`);
    }
    return { figure: (after - before) / entries };
  };
}

/** What a library allocates once, at its first use, is not charged to the entries. */
async function openAndRead(cache: BenchCache | undefined): Promise<void> {
  await cache?.set("first", 1);
  await cache?.get("first");
}
