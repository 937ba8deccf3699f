/** A time limit for what has none of its own: a command on a connection that may be there no more. */
import type { Clock } from "../../../base/clock.js";
import { unavailable } from "../errors.js";

/** Rejects when `ms` are over; what comes of the promise then is nobody's concern. */
export function within<T>(clock: Clock, ms: number, where: string, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.setTimer(
      () => reject(unavailable(where, `no answer within ${Math.ceil(ms)} ms`)),
      ms,
    );
    promise.then(resolve, reject).finally(() => clock.clearTimer(timer));
  });
}
