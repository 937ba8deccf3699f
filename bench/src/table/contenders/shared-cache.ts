/**
 * SharedCache with the raw codec, so that nothing is encoded: the same table, under the verbs of Cache. Its keys are
 * strings, made from the bytes for each request; its values are Buffers, copied out of the table and then to the caller.
 */
import { SharedCache } from "stowage/table";
import type { Contender, DirectStore, Needs } from "./contender.js";
import { growthOverEach, memoryFor } from "./shared-table.js";
import { keyText, textOf } from "./texts.js";

function storeOf(cache: SharedCache<Buffer>): DirectStore {
  return {
    pipelined: false,
    handle: cache.handle,
    read(key, target) {
      const value = cache.get(keyText(key));
      if (value === undefined) return -1;
      target.set(value);
      return value.length;
    },
    write(key, value) {
      cache.set(keyText(key), value);
    },
    count: (key) => cache.incr(keyText(key)),
    get: (key) => cache.get(keyText(key)),
    getText: (key) => textOf(cache.get(key)),
    close: () => cache.close(),
  };
}

const create = (needs: Needs) => SharedCache.create<Buffer>({ memory: memoryFor(needs), codec: "raw" });

async function bytesOverEachItem(needs: Needs) {
  const cache = create(needs);
  const store = { set: (key: Buffer, value: Buffer) => cache.set(keyText(key), value) };
  const figure = growthOverEach(store, () => cache.stats().table.memory.used, needs);
  cache.close();
  return { figure };
}

export const contender: Contender = {
  open: (needs) => storeOf(create(needs)),
  attach: (handle) =>
    storeOf(SharedCache.attach<Buffer>(handle as SharedCache<Buffer>["handle"], { codec: "raw" })),
  cleansWhenFull: true,
  bytesOverEachItem,
};
