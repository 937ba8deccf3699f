/**
 * All that one shared cache is to one thread: the table, which all threads share, and the thread's own part: options,
 * hooks, listeners, warmers, loads under way. Verbs are functions over it, in actions/.
 *
 * Invariant: what one thread has to know of another stands in shared memory: entries, tags and leases in the table, counts
 * in `stats`. The rest may differ from thread to thread.
 */
import type { Timekeeper } from "../../cache/expiry/timekeeper.js";
import { type BoundFetchOptions, keepMsOf } from "../../cache/options.js";
import { Hooks } from "../../cache/services/hooks.js";
import type { Verbs } from "../../cache/services/loading.js";
import { Loads } from "../../cache/services/loads.js";
import { checkOnActions } from "../../cache/services/observe.js";
import type { Recording } from "../../cache/services/recording.js";
import { Removals } from "../../cache/services/removals.js";
import { Reporter } from "../../cache/services/reporter.js";
import { Warmers } from "../../cache/services/warmers.js";
import type { TableState } from "../state.js";
import type { SharedTable } from "../table.js";
import { SharedCounts } from "./counts.js";
import { Reading } from "./entry.js";
import type { BoundShared } from "./options.js";
import { SharedOutcomes } from "./outcomes.js";
import { SharedShelf } from "./shelf.js";
import { SharedTransactions } from "./transactions.js";

export class SharedState<V> {
  readonly table: SharedTable;
  /** The table's inside, for what its verbs do not offer. */
  readonly t: TableState;
  readonly options: BoundShared;
  readonly name: string;
  readonly time: Timekeeper;
  readonly stats: SharedCounts;
  readonly reporter: Reporter;
  readonly removals: Removals<string, V>;
  readonly hooks: Hooks;
  readonly outcomes: SharedOutcomes;
  readonly shelf: SharedShelf<V>;
  readonly loads: Loads<string, V>;
  readonly warmers: Warmers<string, V>;
  readonly transactions: SharedTransactions<V>;
  /** `fetch` without options. */
  readonly fetchDefaults: BoundFetchOptions;
  /** For how long after expiry values are kept that were not loaded with another wish. */
  readonly keepMs: number;
  /** What was read last. */
  readonly reading = new Reading();
  /** Counts writes of this thread. */
  ownWrites = 0;
  /** How many functions were wrapped. */
  wrapped = 0;
  /** While `record` writes down which keys are asked for. */
  recording: Recording | null = null;
  /** Verbs have to go through `observe`. */
  observed: boolean;
  closed = false;
  /** The cache itself: what runs on the user's behalf goes through its verbs, hooks and all. */
  verbs!: Verbs<string, V>;
  /** Called by `close`. */
  readonly closers = new Set<() => void>();

  constructor(table: SharedTable, t: TableState, options: BoundShared, counts: SharedArrayBuffer) {
    this.table = table;
    this.t = t;
    this.options = options;
    this.name = options.name;
    this.time = t.timekeeper;
    this.stats = new SharedCounts(counts, t.thread, options.stats);
    this.reporter = new Reporter(this.stats, options.onError);
    this.removals = new Removals(this.reporter, options.name);
    this.hooks = new Hooks(checkOnActions(options.hooks), this.reporter, this.stats);
    this.observed = this.hooks.any;
    this.keepMs = keepMsOf(options.fetch);
    this.fetchDefaults = Object.freeze({
      ...options.fetch,
      tags: Object.freeze([]),
      weight: undefined,
      signal: undefined,
      force: false,
    });
    this.outcomes = new SharedOutcomes(t);
    this.shelf = new SharedShelf<V>(this);
    this.loads = new Loads(this);
    this.warmers = new Warmers(this, options.warmers);
    this.transactions = new SharedTransactions<V>(this);
    if (options.onRemoval !== null) this.removals.listen(options.onRemoval);
  }
}
