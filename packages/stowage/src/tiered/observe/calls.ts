/** One call of L2 for whoever listens on the channel: what became of it, and how long it took. Which keys, it does not tell. */
import type { Clock } from "../../base/clock.js";
import { StoreUnavailableError, StowageError } from "../../base/errors.js";
import { channels } from "./channels.js";

export interface WatchedCall {
  readonly cache: string;
  readonly store: string;
  readonly verb: string;
  /** How many. */
  readonly keys: number;
  readonly clock: Clock;
}

/** The same promise, told of. */
export function watchCall<T>(call: WatchedCall, answer: Promise<T>): Promise<T> {
  const { clock, ...told } = call;
  const beganMs = clock.now();
  const publish = (outcome: string, more?: object): void =>
    channels.store.publish({ ...told, outcome, timeMs: clock.now() - beganMs, ...more });
  return answer.then(
    (value) => {
      publish("answered");
      return value;
    },
    (error) => {
      publish(outcomeOf(error), { error });
      throw error;
    },
  );
}

function outcomeOf(error: unknown): string {
  if (error instanceof StoreUnavailableError) return error.fault;
  return error instanceof StowageError ? "answered" : "aborted";
}
