/**
 * A bus inside this process: for several caches of one process that share a second tier, and for tests of several "processes"
 * in one. Texts are delivered in microtasks, so that nobody is told anything within his own call, as over a network.
 */
import { ClosedError } from "../../base/errors.js";
import type { Bus, BusListener } from "../../stores/bus.js";

interface Subscription {
  readonly listener: BusListener;
  isOver: boolean;
}

/** What all who are attached to one another share: who listens where. */
type Room = Map<string, Set<Subscription>>;

/**
 * A bus in the memory of this process.
 *
 * @example const bus = new MemoryBus(); const another = bus.attach();
 */
export class MemoryBus implements Bus {
  readonly name = "memory";
  readonly textBytesMax = Number.POSITIVE_INFINITY;
  readonly #room: Room;
  readonly #stops = new Set<() => void>();
  #isClosed = false;

  constructor(other?: MemoryBus) {
    this.#room = other === undefined ? new Map() : other.#room;
  }

  /** Another bus on the same channels, as another process has one: it is closed by itself. */
  attach(): MemoryBus {
    if (this.#isClosed) throw new ClosedError("attach");
    return new MemoryBus(this);
  }

  async publish(channel: string, text: string): Promise<void> {
    if (this.#isClosed) throw new ClosedError("publish");
    for (const subscription of this.#room.get(channel) ?? [])
      soon(subscription, ({ listener }) => listener.message(text));
  }

  subscribe(channel: string, listener: BusListener): () => void {
    if (this.#isClosed) throw new ClosedError("subscribe");
    const subscription: Subscription = { listener, isOver: false };
    const subscriptions = this.#room.get(channel) ?? new Set();
    this.#room.set(channel, subscriptions.add(subscription));
    soon(subscription, () => listener.connected(true, false));
    const stop = (): void => {
      subscription.isOver = true;
      this.#stops.delete(stop);
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && this.#room.get(channel) === subscriptions) this.#room.delete(channel);
    };
    this.#stops.add(stop);
    return stop;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of [...this.#stops]) stop();
  }
}

/** In a microtask of its own: what one listener throws keeps nothing from the others. */
function soon(subscription: Subscription, tell: (subscription: Subscription) => void): void {
  queueMicrotask(() => {
    if (!subscription.isOver) tell(subscription);
  });
}
