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
