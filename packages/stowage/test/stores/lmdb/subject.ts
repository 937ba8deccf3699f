/** The store, as the suite of stores sees it: one file, and a clock that is moved. */
import type { RootDatabase } from "lmdb";
import { type LmdbRoot, LmdbStore, type LmdbStoreOptions } from "../../../src/stores/lmdb/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

const call = { signal: new AbortController().signal };
const MIB = 1_024 * 1_024;
const options: LmdbStoreOptions = { maxSize: "64mb", maxValueSize: "1mb" };

export const abilities = {
  name: "lmdb",
  shared: true,
  persistent: true,
  leases: true,
  counters: true,
  scans: true,
  keyBytesMax: Number.POSITIVE_INFINITY,
  valueBytesMax: MIB,
};

/**
 * One file for all cases, emptied before each: opening one takes most of the time. It is not flushed, for the same reason.
 *
 * @param make of the bundle that is looked at; default: of the sources
 */
export function lmdbSubject(
  database: () => RootDatabase,
  make: (options: LmdbStoreOptions) => LmdbStore = (all) => new LmdbStore(all),
): StoreSubject {
  return {
    name: "LmdbStore",
    abilities,
    time: "exact",
    sharing: true,
    async open() {
      const clock = new FakeClock();
      const all = { ...options, database: database() as unknown as LmdbRoot, clock };
      const store = make(all);
      await new LmdbStore(all).clear("", call);
      return {
        store,
        advance: (ms) => clock.advance(ms),
        another: () => make(all),
      };
    },
  };
}
