/** How processes tell each other what changed. Messages carry keys, tags and numbers, never values. */

export interface BusMessage {
  /** Of the process (and cache) that sent it: a random text. */
  readonly origin: string;
  /** 1, 2, 3, ... of that origin. `beat` repeats the last one. */
  readonly seq: number;
  readonly kind: "keys" | "tags" | "clear" | "beat";
  readonly keys?: readonly string[];
  readonly tags?: readonly string[];
  /** Of `tags` and `clear`: the epoch from which on what bears them is valid. */
  readonly epoch?: number;
}

export interface BusListener {
  message(text: string): void;
  /** What was published while this was false may have been missed, unless `replayed`. */
  connected(isConnected: boolean, replayed: boolean): void;
}

/** A channel that carries texts to everybody who listens, the sender included. Small and dumb; sequences and repair stand in feed.ts. */
export interface Bus {
  readonly name: string;
  /** Delivered to all who are connected, at least to be noticed missing. Rejects when it cannot be sent. */
  publish(channel: string, text: string): Promise<void>;
  /** @returns how to stop */
  subscribe(channel: string, listener: BusListener): () => void;
  close(): Promise<void>;
}
