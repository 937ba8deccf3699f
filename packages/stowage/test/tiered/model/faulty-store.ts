/**
 * A store on a bad line: every call takes its time, there and back, so that calls overtake each other; and as long as a fault is on,
 * calls fail before they are done, or after, or are never answered. What was given up is not done any more: nobody can help that it
 * might be.
 */
import type { FakeClock } from "stowage/testing";
import type { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store, StoreAbilities, StoreCall } from "../../../src/stores/store.js";

/** What goes wrong: nothing; the call is not done; it is done and its answer lost; nobody answers. */
export type StoreFaultKind = "none" | "refused" | "lost" | "hung";

const VERBS = [
  "getMany",
  "setMany",
  "deleteMany",
  "expire",
  "ttl",
  "clear",
  "lease",
  "fill",
  "release",
  "incr",
  "scan",
];

export interface Line {
  readonly clock: FakeClock;
  /** Milliseconds that the next leg takes. */
  delay(): number;
  /** What becomes of the next call. */
  fault(): StoreFaultKind;
}

export function faultyStore(store: MemoryStore, line: Line, abilities: Partial<StoreAbilities> = {}): Store {
  const faulty = { abilities: { ...store.abilities, ...abilities }, close: () => store.close() };
  for (const verb of VERBS)
    Object.assign(faulty, { [verb]: (...args: unknown[]) => send(store, line, verb, args) });
  return faulty as unknown as Store;
}

async function send(store: MemoryStore, line: Line, verb: string, args: unknown[]): Promise<unknown> {
  const { signal } = args.at(-1) as StoreCall;
  const fault = line.fault();
  await pass(line);
  signal.throwIfAborted();
  if (fault === "refused") throw new Error("refused");
  const call = (store as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>)[verb];
  const isDone = fault === "none" || fault === "lost";
  const answer = isDone ? await call.apply(store, args) : undefined;
  await pass(line);
  if (fault === "lost") throw new Error("lost");
  return fault === "hung" ? new Promise(() => {}) : answer;
}

function pass({ clock, delay }: Line): Promise<void> {
  return new Promise((resolve) => clock.setTimer(resolve, delay()));
}
