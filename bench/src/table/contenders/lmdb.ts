/**
 * lmdb (lmdb-js): a memory-mapped B+ tree in a file that threads and processes share. Binary keys and values, without
 * compression, without waiting for the disk (noSync), and its fastest read, getBinaryFast, whose bytes are copied out
 * since they last only until the next read. Writes go in transactions of as many as are pipelined to Redis.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Database, open as openDatabase } from "lmdb";
import { keyOf, rewriteKey } from "../child/requests.js";
import { keyBytes } from "../settings.js";
import type { Contender, DirectStore, Needs } from "./contender.js";
import { textOf } from "./texts.js";

interface Place {
  path: string;
  mapBytes: number;
}

function databaseAt({ path, mapBytes }: Place): Database<Buffer, Buffer> {
  return openDatabase<Buffer, Buffer>({
    path,
    mapSize: mapBytes,
    encoding: "binary",
    keyEncoding: "binary",
    compression: false,
    noSync: true,
  });
}

function storeAt(place: Place, remove?: () => void): DirectStore & { database: Database<Buffer, Buffer> } {
  const database = databaseAt(place);
  return {
    pipelined: false,
    database,
    handle: place,
    read(key, target) {
      const value = database.getBinaryFast(key);
      if (value === undefined) return -1;
      // What it really is reaches over all of lmdb's own buffer; only `length` says how long the value is.
      target.set(value.subarray(0, value.length));
      return value.length;
    },
    write(key, value) {
      void database.put(key, value);
    },
    count(key) {
      const count = Number(database.getBinary(key)?.toString("latin1") ?? 0) + 1;
      void database.put(key, Buffer.from(String(count), "latin1"));
      return count;
    },
    get: (key) => database.getBinary(key),
    getText: (key) => textOf(database.getBinaryFast(Buffer.from(key, "latin1"))),
    together: (writes) => database.transactionSync(writes),
    async close() {
      await database.close();
      remove?.();
    },
  };
}

function open({ items, valueBytes, folder }: Needs) {
  const path = mkdtempSync(join(folder, "lmdb-"));
  const mapBytes = 2 ** 28 + 4 * items * (keyBytes + valueBytes + 64);
  return storeAt({ path, mapBytes }, () => rmSync(path, { recursive: true, force: true }));
}

/** What the file takes. */
async function bytesOverEachItem(needs: Needs) {
  const store = open(needs);
  const key = keyOf(0);
  const value = Buffer.alloc(needs.valueBytes, 1);
  for (let from = 0; from < needs.items; from += 1024) {
    store.database.transactionSync(() => {
      for (let item = from; item < Math.min(needs.items, from + 1024); item++) {
        rewriteKey(key, item);
        void store.database.put(key, value);
      }
    });
  }
  const { path } = store.handle as Place;
  const { blocks } = await stat(join(path, "data.mdb"));
  await store.close();
  return { figure: (blocks * 512) / needs.items - keyBytes - needs.valueBytes };
}

export const contender: Contender = {
  open,
  attach: (handle) => storeAt(handle as Place),
  bytesOverEachItem,
};
