/**
 * Listens to an AbortSignal, so that many may listen to the same one: there is one listener on it, however many there are of
 * us. Node warns of a leak where a signal has more than ten, and a caller may well give one signal to a hundred calls.
 * Listening this way is also several times as fast where others listen already.
 */

type Listener = () => void;

interface Listeners {
  readonly all: Set<Listener>;
  readonly onAbort: () => void;
}

const known = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls `listener` once when the signal aborts; at once if it has aborted already.
 *
 * @returns ends it; may be called more than once, and after the abort
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const listeners = known.get(signal) ?? begin(signal);
  // A function of its own, since the same one may be given twice.
  const own = () => listener();
  listeners.all.add(own);
  return () => {
    if (listeners.all.delete(own) && listeners.all.size === 0) end(signal, listeners);
  };
}

function begin(signal: AbortSignal): Listeners {
  const all = new Set<Listener>();
  const listeners: Listeners = {
    all,
    onAbort() {
      end(signal, listeners);
      // One that is ended by another before its turn is not called.
      for (const listener of all) {
        all.delete(listener);
        listener();
      }
    },
  };
  known.set(signal, listeners);
  signal.addEventListener("abort", listeners.onAbort);
  return listeners;
}

function end(signal: AbortSignal, listeners: Listeners): void {
  known.delete(signal);
  signal.removeEventListener("abort", listeners.onAbort);
}
