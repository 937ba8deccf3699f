/**
 * Who watches a client: the user's `onEvent`, and in Node two channels of `node:diagnostics_channel`, so that tracers can
 * listen without touching the code that makes the client:
 *
 *     stowage:client:request   each attempt at a request, when it has ended
 *     stowage:client:event     all else: a breaker that changed, servers that came or went, the near cache, faults
 *
 * Messages are the events themselves (ClientEvent). A listener that throws, or a propagator, is counted as a fault and has
 * no effect on the call that was watched.
 */
import { findNodeBuiltin } from "../../base/node.js";
import { catchLate } from "../../cache/services/late.js";
import type { ClientEvent } from "../types.js";
import { type Headers, withTrace } from "./tracing.js";

export interface Observer {
  /** Whether it is of any use to make events of requests: somebody listens, or may begin to. */
  readonly isWatched: boolean;
  /** Faults that no caller heard of, and errors of those who watch. */
  readonly faults: number;
  /** Never throws. */
  emit(event: ClientEvent): void;
  /** The headers with those of the trace that is going on; the same object where there is nothing to add. Never throws. */
  inject(headers: Headers): Headers;
}

export interface ObserverOptions {
  /** null: none. */
  readonly onEvent: ((event: ClientEvent) => unknown) | null;
}

const builtin = findNodeBuiltin("node:diagnostics_channel");
const requests = builtin?.channel("stowage:client:request");
const others = builtin?.channel("stowage:client:event");

export function createObserver({ onEvent }: ObserverOptions): Observer {
  return new EventObserver(onEvent);
}

class EventObserver implements Observer {
  readonly isWatched: boolean;
  readonly #onEvent: ObserverOptions["onEvent"];
  #faults = 0;

  constructor(onEvent: ObserverOptions["onEvent"]) {
    this.#onEvent = onEvent;
    this.isWatched = onEvent !== null || requests !== undefined;
  }

  get faults(): number {
    return this.#faults;
  }

  emit(event: ClientEvent): void {
    if (event.type === "fault") this.#faults++;
    const channel = event.type === "request" ? requests : others;
    if (channel?.hasSubscribers) channel.publish(event);
    if (this.#onEvent !== null) this.#tell(this.#onEvent, event);
  }

  inject(headers: Headers): Headers {
    try {
      return withTrace(headers);
    } catch (error) {
      this.emit({ type: "fault", error });
      return headers;
    }
  }

  #tell(onEvent: (event: ClientEvent) => unknown, event: ClientEvent): void {
    try {
      catchLate(onEvent(event), () => this.#faults++);
    } catch {
      this.#faults++;
    }
  }
}
