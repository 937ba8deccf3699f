/**
 * Durations: what the diagnostics channels of Node tell when something has ended. Off Node there are none. A subscriber that
 * throws would end the process, so listeners are called under a guard that counts.
 */
import { findNodeBuiltin } from "../base/node.js";
import type { ClientEvent } from "../client/types.js";
import type { TimedMetric } from "./types.js";

/** Loads take from microseconds to half a minute. */
export const loadDuration: TimedMetric = {
  name: "cache.load.duration",
  unit: "s",
  help: "How long loads took.",
  labels: ["outcome"],
  bounds: [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ],
};

export const requestDuration: TimedMetric = {
  name: "client.request.duration",
  unit: "s",
  help: "How long attempts at requests took, by server and class of status; error: there was no answer.",
  labels: ["node", "outcome"],
  bounds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

export const tieredLoadDuration: TimedMetric = {
  ...loadDuration,
  name: "tiered.load.duration",
};

export const storeDuration: TimedMetric = {
  name: "tiered.l2.call.duration",
  unit: "s",
  help: "How long calls of L2 took, by verb of the store and outcome.",
  labels: ["verb", "outcome"],
  bounds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
};

/** What `stowage:load` and its like say. */
export interface LoadMessage {
  /** The cache's own name. */
  readonly cache: string;
  readonly key: unknown;
  readonly ok: boolean;
  readonly timeMs: number;
  readonly error?: unknown;
}

export type RequestMessage = Extract<ClientEvent, { type: "request" }>;

/** What `stowage:tiered:store` says: a call of L2 that has ended. */
export interface StoreMessage {
  /** The tiered cache's own name. */
  readonly cache: string;
  /** As the store calls itself: `redis`. */
  readonly store: string;
  readonly verb: string;
  /** How many keys it was about. */
  readonly keys: number;
  /** `answered`, or what kept it from that. */
  readonly outcome: string;
  readonly timeMs: number;
  readonly error?: unknown;
}

export interface Listeners {
  load?(message: LoadMessage): void;
  tieredLoad?(message: LoadMessage): void;
  store?(message: StoreMessage): void;
  request?(message: RequestMessage): void;
}

const channels = {
  load: "stowage:load",
  tieredLoad: "stowage:tiered:load",
  store: "stowage:tiered:store",
  request: "stowage:client:request",
} as const satisfies Record<keyof Listeners, string>;

/** Calls them from now on. What they throw goes to `onError`. */
export function listen(listeners: Listeners, onError: (error: unknown) => void): () => void {
  const builtin = findNodeBuiltin("node:diagnostics_channel");
  if (builtin === undefined) return () => undefined;
  const stops: (() => void)[] = [];
  for (const [what, name] of Object.entries(channels)) {
    const listener = listeners[what as keyof Listeners] as ((message: unknown) => void) | undefined;
    if (listener === undefined) continue;
    const guarded = (message: unknown) => {
      try {
        listener.call(listeners, message);
      } catch (error) {
        onError(error);
      }
    };
    builtin.subscribe(name, guarded);
    stops.push(() => builtin.unsubscribe(name, guarded));
  }
  return () => {
    for (const stop of stops.splice(0)) stop();
  };
}

/** Labels of an attempt: few classes instead of many statuses. */
export function outcomeOf({ status }: Pick<RequestMessage, "status">): string {
  return status === undefined ? "error" : `${Math.floor(status / 100)}xx`;
}
