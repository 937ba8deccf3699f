/** The memory store, as the suite of stores sees it. */
import { MemoryStore, type MemoryStoreOptions } from "../../../src/stores/memory/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

const options: MemoryStoreOptions = { memory: "64mb", maxValueSize: "1mb" };

export const memorySubject: StoreSubject = {
  name: "MemoryStore",
  abilities: new MemoryStore(options).abilities,
  time: "exact",
  sharing: true,
  open() {
    const clock = new FakeClock();
    const store = new MemoryStore({ ...options, clock });
    return {
      store,
      advance: (ms) => clock.advance(ms),
      another: () => store.attach(),
      dispose() {
        if (clock.pending > 0) throw new Error(`${clock.pending} timer(s) left after close()`);
      },
    };
  },
};
