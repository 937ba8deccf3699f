/** Puts a cache together: its state, and the services that work on it. */
import { enforceBySchedule, Janitor } from "./expiry/janitor.js";
import { Loads } from "./services/loads.js";
import { LocalTransactions } from "./services/local-transactions.js";
import { LocalShelf } from "./services/shelf.js";
import { Warmers } from "./services/warmers.js";
import { State } from "./state.js";

export function assemble<K, V>(options: object | undefined): State<K, V> {
  const state = new State<K, V>(options);
  const { janitor, enforce, warmers } = state.options;
  state.janitor = new Janitor(state, janitor);
  if (enforce !== "always") enforceBySchedule(state, enforce.every, enforce.reclaim);
  state.shelf = new LocalShelf(state);
  state.loads = new Loads(state);
  state.transactions = new LocalTransactions(state);
  state.warmers = new Warmers(state, warmers);
  state.closers.add(() => state.locks.close());
  return state;
}
