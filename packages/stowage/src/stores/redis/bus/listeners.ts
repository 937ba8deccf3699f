/**
 * Who listens on one channel, and what each of them was told: that it is connected once at the start, and then every change, and a
 * message only while that is so.
 */
import type { BusListener } from "../../bus.js";

interface Told {
  isConnected: boolean | undefined;
}

export class Listeners {
  readonly #all = new Map<BusListener, Told>();

  get size(): number {
    return this.#all.size;
  }

  /** Each is a listener of its own, also where one is added twice. @returns how to remove it; whether it was still there */
  add(listener: BusListener): () => boolean {
    const own: BusListener = {
      message: (text) => listener.message(text),
      connected: (isConnected, replayed) => listener.connected(isConnected, replayed),
    };
    this.#all.set(own, { isConnected: undefined });
    return () => this.#all.delete(own);
  }

  connected(isConnected: boolean, replayed: boolean): void {
    for (const [listener, told] of [...this.#all]) {
      if (told.isConnected === isConnected || !this.#all.has(listener)) continue;
      // To one that is new, nothing was replayed.
      const wasThere = told.isConnected !== undefined;
      told.isConnected = isConnected;
      safely(() => listener.connected(isConnected, replayed && wasThere));
    }
  }

  message(text: string): void {
    for (const [listener, told] of [...this.#all])
      if (told.isConnected === true && this.#all.has(listener)) safely(() => listener.message(text));
  }

  clear(): void {
    this.#all.clear();
  }
}

/** What a listener throws is its own concern, and goes where errors go that nobody catches. */
function safely(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
