/**
 * SharedTable as a user gets it, in a memory of which the live items fill three quarters: bytes in, bytes out. `read`
 * is getInto, which copies into the caller's buffer; `get` is get, which makes a new Buffer.
 */
import { SharedTable, type TableHandle } from "stowage/table";
import { keyOf, rewriteKey } from "../child/requests.js";
import { keyBytes } from "../settings.js";
import type { Contender, DirectStore, Needs, Saving } from "./contender.js";

/** More than an item's share of header and index, and what a small table has to have in any case. */
const overheadBytes = 32;
const leastBytes = 8 * 2 ** 20;
/** No table is smaller. */
const leastMemoryBytes = 2 ** 20;
const liveShare = 0.75;

export function memoryFor({ items, valueBytes, evicts }: Needs): number {
  const liveBytes = items * (keyBytes + valueBytes + overheadBytes);
  return Math.ceil(evicts ? Math.max(leastMemoryBytes, liveBytes) : leastBytes + liveBytes / liveShare);
}

function storeOf(table: SharedTable) {
  return {
    pipelined: false as const,
    table,
    handle: table.handle,
    read: (key: Buffer, target: Buffer) => table.getInto(key, target),
    write(key: Buffer, value: Buffer) {
      table.set(key, value);
    },
    count: (key: Buffer) => table.incr(key),
    get: (key: Buffer) => table.get(key),
    getText: (key: string) => table.getString(key),
    close: () => table.close(),
  } satisfies DirectStore & { table: SharedTable };
}

type TableStore = ReturnType<typeof storeOf>;

const open = (needs: Needs): TableStore => storeOf(SharedTable.create({ memory: memoryFor(needs) }));

const saving: Saving = {
  async save(store, path) {
    await (store as TableStore).table.snapshot(path);
  },
  async load(path, needs) {
    const store = open(needs);
    await store.table.load(path);
    return store;
  },
};

/**
 * What the table says that it uses more when it is filled, as Redis says of itself; and beside it the strictest measure
 * there is: how many items go into a given memory until the table says that it is full, everything included.
 */
async function bytesOverEachItem(needs: Needs) {
  const table = SharedTable.create({ memory: memoryFor(needs), evict: false });
  const figure = growthOverEach(table, () => table.stats().memory.used, needs);
  table.close();
  return { figure, extra: { wholeBytes: wholeMemoryOverEach(needs) } };
}

/** By how much `usedBytes` grows for an item, over key and value. */
export function growthOverEach(store: Settable, usedBytes: () => number, needs: Needs): number {
  const before = usedBytes();
  fill(store, needs);
  return (usedBytes() - before) / needs.items - keyBytes - needs.valueBytes;
}

interface Settable {
  set(key: Buffer, value: Buffer): unknown;
}

function wholeMemoryOverEach({ items, valueBytes, folder }: Needs): number {
  const memory = Math.max(leastMemoryBytes, items * (keyBytes + valueBytes + overheadBytes));
  const table = SharedTable.create({ memory, evict: false });
  try {
    fill(table, { items: Number.POSITIVE_INFINITY, valueBytes, folder });
  } catch (error) {
    if ((error as { code?: string }).code !== "STOWAGE_TABLE_FULL") throw error;
  }
  const held = table.size();
  table.close();
  return memory / held - keyBytes - valueBytes;
}

function fill(store: Settable, { items, valueBytes }: Needs): void {
  const key = keyOf(0);
  const value = Buffer.alloc(valueBytes, 1);
  for (let item = 0; item < items; item++) {
    rewriteKey(key, item);
    store.set(key, value);
  }
}

export const contender: Contender = {
  open,
  attach: (handle) => storeOf(SharedTable.attach(handle as TableHandle)),
  cleansWhenFull: true,
  bytesOverEachItem,
  saving,
};
