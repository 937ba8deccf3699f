/**
 * What the benchmark asks of a store: keys come as bytes, values are given and handed out as bytes, as a server does
 * whose requests come from a socket. Each contender's file says how its library does it.
 *
 * A store must not keep the buffers that it is given: they are used again for the next request.
 */
export interface Needs {
  /** Items that there must be room for. */
  items: number;
  /** More will be set than that, and the store has to evict; absent: all of them stay. */
  evicts?: true;
  valueBytes: number;
  /** Only counters are kept: numbers, where the library can keep them. */
  counters?: boolean;
  /** For files; removed after the run. */
  folder: string;
  /** Where the contender's server listens. */
  port?: number;
}

/** Answers at once. */
export interface DirectStore {
  readonly pipelined: false;
  /** Copies the value into `target`; its length, or -1 where there is none. */
  read(key: Buffer, target: Buffer): number;
  write(key: Buffer, value: Buffer): void;
  /** Adds one; the new count. */
  count(key: Buffer): number;
  /** The value as the library hands it out. */
  get(key: Buffer): Buffer | undefined;
  /** The same for a key and a value that are strings. */
  getText(key: string): string | undefined;
  /** Runs many writes in one transaction, where the library is much faster so. */
  together?(writes: () => void): void;
  /** What `attach` needs in another thread; it can be cloned. Absent: other threads cannot use the store. */
  readonly handle?: unknown;
  close(): unknown;
}

/** Answers after a round trip, so that requests are sent together. */
export interface PipelinedStore {
  readonly pipelined: true;
  /** Sets where there is a value, gets where there is none, all in one go; the replies to the gets, in their places. */
  exchange(
    keys: readonly Buffer[],
    values: readonly (Buffer | undefined)[],
  ): Promise<readonly (Buffer | null | undefined)[]>;
  /** Adds one to each; the new counts. */
  countAll(keys: readonly Buffer[]): Promise<readonly number[]>;
  readonly handle: unknown;
  close(): unknown;
}

export type Store = DirectStore | PipelinedStore;

export interface Contender {
  /** undefined: it cannot do that. */
  open(needs: Needs): Store | Promise<Store> | undefined;
  attach?(handle: unknown, needs: Needs): Store | Promise<Store>;
  /**
   * Writes go to the end of a log, and old ones are cleaned away only when the memory is full: rows that write do so
   * until then before they are timed.
   */
  readonly cleansWhenFull?: true;
  /** Bytes an item over key and value, measured in the contender's own way; absent: the growth of this process's heap. */
  bytesOverEachItem?(needs: Needs): Promise<{ figure: number; extra?: Record<string, number> }>;
  /** Saving to a file and loading from it. */
  readonly saving?: Saving;
}

export interface Saving {
  save(store: Store, path: string): Promise<void>;
  /** Into an empty store, made for `needs`. */
  load(path: string, needs: Needs): Promise<Store>;
}
