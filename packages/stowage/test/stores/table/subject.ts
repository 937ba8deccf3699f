/** The table store, as the suite of stores sees it. */
import { TableStore } from "../../../src/stores/table/index.js";
import { SharedTable } from "../../../src/table/table.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

function open(clock = new FakeClock()): SharedTable {
  return SharedTable.create({ memory: "24mb", maxValueSize: "1mb", janitor: false, clock });
}

function abilities() {
  const table = open();
  const store = new TableStore({ table });
  table.close();
  return store.abilities;
}

function subject(name: string, prefix: string): StoreSubject {
  const { keyBytesMax, ...rest } = abilities();
  return {
    name,
    abilities: { ...rest, keyBytesMax: keyBytesMax - Buffer.byteLength(prefix) },
    time: "exact",
    sharing: true,
    open() {
      const clock = new FakeClock();
      const table = open(clock);
      const other = SharedTable.attach(table.handle, { clock });
      if (prefix !== "") table.set("beside", "1");
      return {
        store: new TableStore({ table, prefix }),
        advance: (ms) => clock.advance(ms),
        another: () => new TableStore({ table: other, prefix }),
        dispose() {
          if (prefix !== "" && table.getString("beside") !== "1")
            throw new Error("what is not the store's has changed");
          table.verify();
          other.close();
          table.close();
        },
      };
    },
  };
}

export const tableSubjects: readonly StoreSubject[] = [
  subject("TableStore", ""),
  subject("TableStore with a prefix", "l2:é:"),
];
