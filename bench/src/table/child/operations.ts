/** What can be done to a store, and which of the requests of it are sets. */

/**
 * get: the value into the caller's buffer; get-buffer: as the library hands it out; get-text: strings in and out;
 * mixed: 19 gets and a set; incr: adds one.
 */
export type Operation = "get" | "get-buffer" | "get-text" | "set" | "mixed" | "incr";

export interface Work {
  /** Does the operations and says how many did what they had to: found the right value, or wrote. */
  run(from: number, to: number): number | Promise<number>;
}

/** In mixed, one of so many operations is a set. */
const mixedCycle = 20;

export const isMixedSet = (i: number): boolean => i % mixedCycle === mixedCycle - 1;

/** Whether the i-th operation is a set. */
export function setsOf(operation: Operation): (i: number) => boolean {
  if (operation === "set") return () => true;
  return operation === "mixed" ? isMixedSet : () => false;
}
