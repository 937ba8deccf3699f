/** What every measurement in a child process needs: the check that stops it, a turn of the event loop, a full collection. */

/** Stops the run: a contender that did not do the work must not be given a figure. */
export function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`sanity check failed: ${what}`);
}

/** Lets the event loop turn once: timers and I/O callbacks run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A full collection; the children always run with --expose-gc. */
export function collect(): void {
  ensure(typeof gc === "function", "the child runs with --expose-gc");
  gc();
  gc();
}

/**
 * Bytes in use after full collections: heapUsed and external. `external` holds the bytes of typed arrays already
 * (Node counts arrayBuffers into it), so adding arrayBuffers would charge what is built on typed arrays twice.
 */
export async function bytesInUse(): Promise<number> {
  // Freed array buffers are returned by a helper thread, a turn or two after the collection.
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
