/** What carries texts between processes: a channel of Redis, of a database, of the process itself. */

export interface BusListener {
  message(text: string): void;
  /**
   * Told once at the start, within `subscribe` or later, and at each change. What was published while this was false may have
   * been missed, unless it is `replayed`: then it is delivered before anything new.
   */
  connected(isConnected: boolean, replayed: boolean): void;
}

/**
 * A channel that carries texts to everybody who listens, the sender included. Small and dumb: sequences, gaps and repair stand
 * above it (tiered/bus), so that they are the same for every bus.
 */
export interface Bus {
  /** For errors, events and statistics: `redis`. */
  readonly name: string;
  /** The longest text that it carries, in bytes of UTF-8; Infinity: any. What is published is never longer. */
  readonly textBytesMax: number;
  /** Delivered to all who are connected, in the order of one publisher. Rejects when it cannot be sent. */
  publish(channel: string, text: string): Promise<void>;
  /** @returns how to stop */
  subscribe(channel: string, listener: BusListener): () => void;
  /** Gives back what it opened itself; a client that the user passed stays open. */
  close(): Promise<void>;
}
