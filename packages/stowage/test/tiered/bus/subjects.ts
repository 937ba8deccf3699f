/** The buses of the process, as the suite of buses sees them. */
import type { BusSubject } from "../../../src/testing/bus-subject.js";
import { MemoryBus } from "../../../src/tiered/bus/memory-bus.js";
import { CuttableBus } from "./cuttable-bus.js";

const WAIT_MS = 1_000;

function cuttable(replays: boolean): BusSubject {
  return {
    name: replays ? "a bus that replays" : "a bus that breaks",
    textBytesMax: 4_000,
    sharing: true,
    cuts: true,
    replays,
    waitMs: WAIT_MS,
    open() {
      const inner = new MemoryBus();
      const bus = new CuttableBus(inner.attach(), replays);
      const end = (): Promise<void> => inner.close();
      return {
        bus,
        another: () => inner.attach(),
        cut: () => bus.cut(),
        mend: () => bus.mend(),
        dispose: end,
      };
    },
  };
}

export const busSubjects: readonly BusSubject[] = [
  {
    name: "MemoryBus",
    textBytesMax: Number.POSITIVE_INFINITY,
    sharing: true,
    waitMs: WAIT_MS,
    open() {
      const bus = new MemoryBus();
      return { bus, another: () => bus.attach() };
    },
  },
  cuttable(false),
  cuttable(true),
];
