/** Who watches a client: what they are told, and that they have no effect. */
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { context, createTraceState, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { createObserver } from "../../../src/client/observe/observer.js";
import type { ClientEvent } from "../../../src/client/types.js";
import { identical, ok, same } from "../../../src/testing/check.js";
import { settle } from "../../../src/testing/fake-clock.js";
import { inTrace, registerTracing, traceparentOf, w3c } from "./tracing-parts.js";

export interface Scene {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

const request: ClientEvent = {
  type: "request",
  node: "http://a:1",
  method: "POST",
  path: "/v1/batch",
  operations: 2,
  status: 200,
  durationMs: 1.5,
  attempt: 1,
};
const node: ClientEvent = { type: "node", node: "http://a:1", state: "open" };
const fault: ClientEvent = { type: "fault", error: new Error("mine") };
const own = Object.freeze({ authorization: "Bearer x" });

/** What the subscribers of a channel are told meanwhile. */
async function heardOn(name: string, run: () => void | Promise<void>): Promise<unknown[]> {
  const heard: unknown[] = [];
  const listen = (message: unknown): void => void heard.push(message);
  subscribe(name, listen);
  try {
    await run();
  } finally {
    unsubscribe(name, listen);
  }
  return heard;
}

/** With OpenTelemetry set up, and as it was afterwards. */
function traced(run: () => void | Promise<void>, propagator = w3c): () => Promise<void> {
  return async () => {
    const undo = registerTracing(propagator);
    try {
      await run();
    } finally {
      undo();
    }
  };
}

export const observeScenes: readonly Scene[] = [
  {
    name: "onEvent is told of everything, in order",
    run() {
      const heard: ClientEvent[] = [];
      const observer = createObserver({ onEvent: (event) => heard.push(event) });
      for (const event of [request, node, fault]) observer.emit(event);
      same(
        heard.map((event) => event === request || event === node || event === fault),
        [true, true, true],
      );
      identical(observer.isWatched, true);
    },
  },
  {
    name: "a listener that throws, or rejects, is counted and stops nothing",
    async run() {
      let told = 0;
      const throwing = createObserver({
        onEvent() {
          told++;
          throw new Error("mine");
        },
      });
      throwing.emit(request);
      throwing.emit(request);
      same([told, throwing.faults], [2, 2]);
      // What is like a promise, but does not end the process where nobody looks at it.
      // biome-ignore lint/suspicious/noThenProperty: it is meant to be taken for a promise
      const rejected = { then: (_: unknown, reject: (error: unknown) => void) => reject(new Error("mine")) };
      const rejecting = createObserver({ onEvent: () => rejected });
      rejecting.emit(node);
      await settle();
      identical(rejecting.faults, 1);
    },
  },
  {
    name: "faults are counted, other events are not",
    run() {
      const observer = createObserver({ onEvent: null });
      for (const event of [request, node, fault, fault]) observer.emit(event);
      identical(observer.faults, 2);
    },
  },
  {
    name: "requests are published on one channel, all else on another, also to who comes late",
    async run() {
      const observer = createObserver({ onEvent: null });
      identical(observer.isWatched, true, "a subscriber may come");
      const emitAll = (): void => {
        for (const event of [request, node, fault]) observer.emit(event);
      };
      emitAll();
      same(await heardOn("stowage:client:request", emitAll), [request]);
      same(await heardOn("stowage:client:event", emitAll), [node, fault]);
      identical(channel("stowage:client:request").hasSubscribers, false);
      emitAll();
    },
  },
  {
    name: "without OpenTelemetry headers stay the very same",
    run() {
      identical(createObserver({ onEvent: null }).inject(own), own);
    },
  },
  {
    name: "what the propagator gives is added, with names in lower case",
    run: traced(() => {
      const observer = createObserver({ onEvent: null });
      const headers = inTrace(7, () => observer.inject(own));
      same({ ...headers }, { authorization: "Bearer x", traceparent: traceparentOf(7) });
      same({ ...own }, { authorization: "Bearer x" }, "our own record");
    }),
  },
  {
    name: "where no trace goes on, headers stay the very same",
    run: traced(() => identical(createObserver({ onEvent: null }).inject(own), own)),
  },
  {
    name: "the state of a trace goes along",
    run: traced(() => {
      const span = {
        traceId: "1".padStart(32, "0"),
        spanId: "2".padStart(16, "0"),
        traceFlags: 0,
        traceState: createTraceState("a=1,b=2"),
      };
      const headers = context.with(trace.setSpanContext(ROOT_CONTEXT, span), () =>
        createObserver({ onEvent: null }).inject({}),
      );
      same({ ...headers }, { traceparent: `00-${span.traceId}-${span.spanId}-00`, tracestate: "a=1,b=2" });
    }),
  },
  {
    name: "a client is traced also if OpenTelemetry is set up after it",
    async run() {
      const observer = createObserver({ onEvent: null });
      identical(observer.inject(own), own);
      await traced(() => identical(inTrace(3, () => observer.inject(own)).traceparent, traceparentOf(3)))();
      identical(observer.inject(own), own, "and no more once it is gone");
    },
  },
  {
    name: "a propagator takes no header's place, and brings none that cannot be",
    run: traced(
      () => {
        const headers = createObserver({ onEvent: null }).inject(own);
        same({ ...headers }, { authorization: "Bearer x", b3: "0" });
      },
      {
        ...w3c,
        inject(_context, carrier, setter) {
          setter.set(carrier, "Authorization", "Bearer stolen");
          setter.set(carrier, "B3", "0");
          setter.set(carrier, "x-lines", "a\r\nx-more: b");
          setter.set(carrier, "x-letters", "é");
          setter.set(carrier, "x name", "a");
          setter.set(carrier, "", "a");
        },
      },
    ),
  },
  {
    name: "a propagator that throws is a fault, and the request goes on without it",
    run: traced(
      () => {
        const heard: ClientEvent[] = [];
        const observer = createObserver({ onEvent: (event) => heard.push(event) });
        identical(observer.inject(own), own);
        same(
          heard.map(({ type }) => type),
          ["fault"],
        );
        ok("error" in heard[0] && String(heard[0].error) === "Error: mine", "its error");
        identical(observer.faults, 1);
      },
      {
        ...w3c,
        inject() {
          throw new Error("mine");
        },
      },
    ),
  },
];
