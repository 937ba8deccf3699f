/** Timers and I/O have their turn; `setImmediate` where there is one, since it does not wait a millisecond. */
export function nextTurn(): Promise<void> {
  const soon = (globalThis as { setImmediate?: (fn: () => void) => unknown }).setImmediate;
  return new Promise((resolve) => {
    if (soon === undefined) setTimeout(resolve, 0);
    else soon(resolve);
  });
}
