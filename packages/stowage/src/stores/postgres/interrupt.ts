/** An answer that is waited for no longer than somebody wants it. */
import { onAbort } from "../../base/on-abort.js";

/**
 * Rejects with the signal's reason as soon as it aborts. What comes after that is nobody's: `late` is given it, or why there is
 * none.
 */
export function interruptible<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  late: (answer: Promise<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = onAbort(signal, () => {
      late(answer);
      reject(signal.reason);
    });
    answer.then(
      (value) => {
        end();
        resolve(value);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}
