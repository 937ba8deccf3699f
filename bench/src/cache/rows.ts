/** The rows of the table, in order: what a row is called, what it says, its unit, and how a child measures it. */
import type { Measurement } from "./child/context.js";
import { heapPerEntry } from "./child/memory.js";
import { counting, fetching, getOrSet } from "./child/mixed.js";
import { reading } from "./child/reads.js";
import { stalling } from "./child/stall.js";
import { evicting, overwriting } from "./child/writes.js";

export interface Row {
  title: string;
  /** ns: CPU time an operation; bytes: an entry; ms: the longest stall. Less is better in all of them. */
  unit: "ns" | "bytes" | "ms";
  /** Libraries that are very slow do it with a fifth of the entries. */
  reducible?: true;
  measure: Measurement;
}

export const rows = {
  "get-hit-10k": {
    title: "get, hit, 10 k entries",
    unit: "ns",
    measure: reading({ entries: "small" }),
  },
  "get-hit-10k-fresh": {
    title: "get, hit, 10 k, fresh key strings",
    unit: "ns",
    measure: reading({ entries: "small", fresh: true }),
  },
  "get-hit-1m": {
    title: "get, hit, 1 M entries",
    unit: "ns",
    reducible: true,
    measure: reading({ entries: "large" }),
  },
  "get-hit-1m-fresh": {
    title: "get, hit, 1 M, fresh key strings",
    unit: "ns",
    reducible: true,
    measure: reading({ entries: "large", fresh: true }),
  },
  "get-hit-10k-uuid": {
    title: "get, hit, 10 k, 36-character keys",
    unit: "ns",
    measure: reading({ entries: "small", form: "uuid" }),
  },
  "get-hit-10k-uuid-fresh": {
    title: "get, hit, 10 k, fresh 36-character keys",
    unit: "ns",
    measure: reading({ entries: "small", form: "uuid", fresh: true }),
  },
  "get-miss-10k": {
    title: "get, miss, 10 k entries",
    unit: "ns",
    measure: reading({ entries: "small", miss: true }),
  },
  "get-miss-10k-fresh": {
    title: "get, miss, 10 k, fresh key strings",
    unit: "ns",
    measure: reading({ entries: "small", miss: true, fresh: true }),
  },
  "set-evict-100k": {
    title: "set new, evicting, 100 k entries",
    unit: "ns",
    measure: evicting(),
  },
  "overwrite-100k": {
    title: "overwrite, 100 k entries",
    unit: "ns",
    measure: overwriting("none"),
  },
  "set-ttl-100k": {
    title: "overwrite, the cache's TTL, 100 k",
    unit: "ns",
    measure: overwriting("cache"),
  },
  "set-ttl-each-100k": {
    title: "overwrite, a TTL in the call, 100 k",
    unit: "ns",
    measure: overwriting("call"),
  },
  "get-ttl-10k": {
    title: "get, hit, entries with a TTL, 10 k",
    unit: "ns",
    measure: reading({ entries: "small", ttl: true }),
  },
  "get-or-set-1m": {
    title: "get or set, 1 M keys, capacity 100 k",
    unit: "ns",
    measure: getOrSet(),
  },
  "get-or-set-1m-fresh": {
    title: "the same, fresh keys",
    unit: "ns",
    measure: getOrSet({ fresh: true }),
  },
  "fetch-hit-10k": {
    title: "await fetch, hit, 10 k entries",
    unit: "ns",
    measure: fetching(),
  },
  "incr-10k": {
    title: "increment, 10 k counters",
    unit: "ns",
    measure: counting(),
  },
  "heap-1m": {
    title: "heap an entry, 1 M entries",
    unit: "bytes",
    reducible: true,
    measure: heapPerEntry({ ttl: false }),
  },
  "heap-1m-ttl": {
    title: "heap an entry, 1 M with a TTL",
    unit: "bytes",
    reducible: true,
    measure: heapPerEntry({ ttl: true }),
  },
  "stall-2m": {
    title: "longest stall, 2 M sets, no bound",
    unit: "ms",
    reducible: true,
    measure: stalling({ bounded: false, fresh: false }),
  },
  "stall-2m-fresh": {
    title: "longest stall, 2 M, no bound, fresh keys",
    unit: "ms",
    reducible: true,
    measure: stalling({ bounded: false, fresh: true }),
  },
  "stall-2m-bounded": {
    title: "longest stall, 2 M sets, bound 1 M",
    unit: "ms",
    reducible: true,
    measure: stalling({ bounded: true, fresh: false }),
  },
  "stall-2m-bounded-fresh": {
    title: "longest stall, 2 M, bound 1 M, fresh keys",
    unit: "ms",
    reducible: true,
    measure: stalling({ bounded: true, fresh: true }),
  },
} satisfies Record<string, Row>;

export type RowName = keyof typeof rows;

export const rowNames = Object.keys(rows) as RowName[];
