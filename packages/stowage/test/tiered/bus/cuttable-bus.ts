/** A bus of the process whose connection can be cut: what the suite asks of buses that have one. */
import type { Bus, BusListener } from "../../../src/stores/bus.js";
import type { MemoryBus } from "../../../src/tiered/bus/memory-bus.js";

interface Link {
  readonly listener: BusListener;
  readonly missed: string[];
}

export class CuttableBus implements Bus {
  readonly name = "cuttable";
  readonly textBytesMax = 4_000;
  readonly #inner: MemoryBus;
  readonly #replays: boolean;
  readonly #links = new Set<Link>();
  #isCut = false;

  constructor(inner: MemoryBus, replays: boolean) {
    this.#inner = inner;
    this.#replays = replays;
  }

  async publish(channel: string, text: string): Promise<void> {
    if (this.#isCut) throw new Error("not connected");
    await this.#inner.publish(channel, text);
  }

  subscribe(channel: string, listener: BusListener): () => void {
    const link: Link = { listener, missed: [] };
    const stop = this.#inner.subscribe(channel, {
      message: (text) => {
        if (!this.#isCut) listener.message(text);
        else link.missed.push(text);
      },
      connected: () => {
        if (!this.#isCut) listener.connected(true, false);
      },
    });
    this.#links.add(link);
    return () => {
      this.#links.delete(link);
      stop();
    };
  }

  cut(): void {
    this.#isCut = true;
    for (const { listener } of this.#links) listener.connected(false, false);
  }

  mend(): void {
    this.#isCut = false;
    for (const { listener, missed } of this.#links) {
      listener.connected(true, this.#replays);
      const texts = missed.splice(0);
      if (this.#replays) for (const text of texts) listener.message(text);
    }
  }

  async close(): Promise<void> {
    this.#links.clear();
    await this.#inner.close();
  }
}
