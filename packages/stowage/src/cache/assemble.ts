/** Puts a cache together: its state, and the services that work on it. */
import { enforceBySchedule, Janitor } from "./expiry/janitor.js";
import { Loads } from "./services/loads.js";
import { Warmers } from "./services/warmers.js";
import { State } from "./state.js";

export function assemble<K, V>(options: object | undefined): State<K, V> {
  const state = new State<K, V>(options);
  const { janitor, enforce, warmers } = state.options;
  state.janitor = new Janitor(state, janitor);
  if (enforce !== "always") enforceBySchedule(state, enforce.every, enforce.reclaim);
  state.loads = new Loads(state);
  state.warmers = new Warmers(state, warmers);
  state.closers.add(() => state.locks.close());
  return state;
}
