/** Saving to a file and loading from it, in MB of keys and values a second; beside it the longest turn meanwhile. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ensure, turn } from "../../harness/checks.js";
import { SchedulerWait } from "../../harness/scheduler-wait.js";
import type { Outcome } from "../../harness/types.js";
import type { Store } from "../contenders/contender.js";
import { keyBytes } from "../settings.js";
import { type Measurement, needsOf } from "./context.js";
import { fill } from "./fill.js";
import { keyOf, Target } from "./requests.js";

export function savingOf(what: "save" | "load", valueBytes: number): Measurement {
  return async (context) => {
    const { saving, open } = context.contender;
    if (saving === undefined) return undefined;
    const needs = needsOf(context, "saved", valueBytes);
    const store = await open(needs);
    if (store === undefined) return undefined;
    await fill(store, needs, "set");
    const path = join(needs.folder, `saved-${process.pid}`);
    const megabytes = (needs.items * (keyBytes + valueBytes)) / 1e6;

    const saved = await watched(() => saving.save(store, path));
    await store.close();
    const { size } = await stat(path);
    ensure(size > megabytes * 1e6, `a file of ${size} bytes holds all keys and values`);
    if (what === "save") return outcomeOf(megabytes, saved);

    const loaded = await watched(() => saving.load(path, needs));
    requireAll(loaded.result, needs.items, valueBytes);
    return outcomeOf(megabytes, loaded);
  };
}

interface Watched<T> {
  result: T;
  ms: number;
  /** The longest turn of the event loop, without the time that this thread was ready but had no core. */
  stallMs: number;
}

function outcomeOf(megabytes: number, { ms, stallMs }: Watched<unknown>): Outcome {
  return { figure: megabytes / (ms / 1000), extra: { ms, stallMs, megabytes } };
}

async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const scheduler = new SchedulerWait();
  const began = performance.now();
  let pending = true;
  const done = work().finally(() => {
    pending = false;
  });
  let stallMs = 0;
  let [turned, waited] = [began, scheduler.readMs()];
  while (pending) {
    await turn();
    const [now, waitedNow] = [performance.now(), scheduler.readMs()];
    stallMs = Math.max(stallMs, now - turned - (waitedNow - waited));
    [turned, waited] = [now, waitedNow];
  }
  const result = await done;
  scheduler.close();
  return { result, ms: performance.now() - began, stallMs };
}

function requireAll(store: Store, items: number, valueBytes: number): void {
  ensure(!store.pipelined, "a store that loads answers at once");
  const target = new Target(valueBytes);
  for (let item = 0; item < items; item += 97) {
    const length = store.read(keyOf(item), target.buffer);
    ensure(length === valueBytes && target.item === item && target.isWhole, `item ${item} was loaded`);
  }
}
