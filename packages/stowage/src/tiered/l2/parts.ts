/** What L2 asks of the parts that stand beside it: epochs and stamps, and the list of what L2 was not told (tiered/tags). */

/** Whether records may be believed, by their marks. */
export interface Validity {
  /** The highest epoch that is known here. */
  readonly epoch: number;
  /** In the order of the records; a promise only where a mark has to be looked up. */
  check(
    records: readonly { readonly epoch: number; readonly marks: readonly string[] }[],
    signal?: AbortSignal,
  ): readonly boolean[] | Promise<readonly boolean[]>;
  /** Whatever bears one of the marks is invalid from now on, in every process. Gives the epoch for the bus. */
  invalidate(marks: readonly string[], signal?: AbortSignal): Promise<number>;
}

/** What L2 was not told, and has to be before it is believed again. */
export interface Debts {
  /** Keys and marks together. */
  readonly size: number;
  /** L2 may have an old value of these: they are to be deleted there. `mark`: invalidated instead, if they are too many. */
  oweKeys(keys: readonly string[], mark: string): void;
  /** These are to be invalidated. */
  oweMarks(marks: readonly string[]): void;
  /**
   * Makes good what is owed for these keys, and all marks; rejects if L2 does not take it. While a deletion of one of them is under
   * way, it waits for that: a write that follows must not be deleted by it.
   */
  settle(keys: readonly string[], signal?: AbortSignal): Promise<void>;
}
