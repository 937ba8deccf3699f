/** A bus on a bad line: messages take their time, each listener's in their order; while it is cut, nothing is sent and nothing comes. */
import type { FakeClock } from "stowage/testing";
import type { Bus, BusListener } from "../../../src/stores/bus.js";
import type { MemoryBus } from "../../../src/tiered/index.js";

export interface BusLine {
  readonly clock: FakeClock;
  delay(): number;
  /** Told when the line is cut or mended. */
  onCut(listener: (isCut: boolean) => void): void;
  isCut(): boolean;
  /** Swallows the next message on its way to this process, unnoticed. */
  loses(): boolean;
}

export function faultyBus(bus: MemoryBus, line: BusLine): Bus {
  return {
    name: "faulty",
    textBytesMax: bus.textBytesMax,
    async publish(channel, text) {
      if (line.isCut()) throw new Error("cut");
      await bus.publish(channel, text);
    },
    subscribe: (channel, listener) => bus.subscribe(channel, slow(listener, line)),
    close: () => bus.close(),
  };
}

function slow(listener: BusListener, line: BusLine): BusListener {
  let last = 0;
  let isConnected = false;
  const later = (tell: () => void): void => {
    // In their order: none before the one before it.
    last = Math.max(last, line.clock.now() + line.delay());
    line.clock.setTimer(tell, last - line.clock.now());
  };
  line.onCut((isCut) => isConnected && later(() => listener.connected(!isCut, false)));
  return {
    message(text) {
      if (!line.isCut() && !line.loses()) later(() => line.isCut() || listener.message(text));
    },
    connected(is, replayed) {
      isConnected = true;
      later(() => listener.connected(is && !line.isCut(), replayed));
    },
  };
}
