/** One call of the user's function, which ends when its signal says so. Whoever loads needs it: this cache, and a client of servers. */

/** Calls it, and lets go of it when the signal is aborted, whether it listens or not. */
export function untilAborted<T>(
  run: (signal: AbortSignal) => T | PromiseLike<T>,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    Promise.resolve(run(signal))
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
