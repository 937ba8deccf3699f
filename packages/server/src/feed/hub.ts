/**
 * The table's change feed in one worker: one follower, however many listen, and none while nobody does.
 *
 *     table.follow() ─> hub ─┬─> event streams (GET /v1/changes)
 *                            └─> those who wait for a lease
 *
 * Writes cost the table nothing while nobody follows, but then it also remembers nothing. So the follower outlives its last
 * listener by a minute, unread: a client that lost its connection and comes back resumes where it was, here or at another
 * worker.
 *
 * Invariant: a listener is told every change after `position`, as it was when it joined, in order, or a reset.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Change, FeedBatch, Follower, SharedTable } from "stowage/table";
import type { Log } from "../observe/types.js";

export interface Listener {
  change(change: Change): void;
  /** Changes were missed: anything may have changed. */
  reset(): void;
  /** After a batch of the above: `position` has moved. */
  settled(): void;
  /** Now and then, whether or not anything changed. */
  tick(): void;
  /** Nothing more will be told. */
  ended(): void;
}

/** How soon something is noticed that is no change: a lease whose time is over, a reader that caught up. */
const TICK_MS = 250;
const LINGER_MS = 60_000;

export class ChangeHub {
  readonly #table: SharedTable;
  readonly #log: Log;
  readonly #lingerMs: number;
  readonly #listeners = new Set<Listener>();
  #follower: Follower | undefined;
  /** Whether somebody reads the follower. */
  #reading = false;
  #position = 0;
  #ticker: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(table: SharedTable, log: Log, lingerMs = LINGER_MS) {
    this.#table = table;
    this.#log = log;
    this.#lingerMs = lingerMs;
  }

  /** The number of the last change that listeners were told of. */
  get position(): number {
    return this.#position;
  }

  /** The number of the last change that was made. Not below `position`, which comes to it soon. While somebody listens. */
  get latest(): number {
    return this.#follower?.latest ?? this.#position;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** From now on the listener is told. Returns what ends that. */
  join(listener: Listener): () => void {
    if (!this.#reading) this.#open();
    this.#listeners.add(listener);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#rest();
    };
  }

  /** What changed after a place up to `position`; undefined: that is not known any more. */
  since(from: number, changesMax: number): Change[] | undefined {
    if (from > this.#position) return undefined;
    const changes: Change[] = [];
    using past = this.#table.follow({ from });
    while (past.position < this.#position) {
      const batch = past.read();
      if (batch.reset) return undefined;
      for (const change of batch.changes) if (change.sequence <= this.#position) changes.push(change);
      if (changes.length > changesMax) return undefined;
    }
    return changes;
  }

  /** To be called before the table is closed. */
  close(): void {
    this.#closed = true;
    this.#end();
    clearTimeout(this.#linger);
    this.#follower?.close();
  }

  #open(): void {
    clearTimeout(this.#linger);
    const follower = this.#table.follow();
    this.#follower?.close(); // not before the new one follows: else there would be a gap
    this.#follower = follower;
    this.#position = follower.position;
    this.#reading = true;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#ticker.unref();
    this.#read(follower).catch((error) => this.#fail(error));
  }

  async #read(follower: Follower): Promise<void> {
    for await (const batch of follower) {
      if (this.#follower !== follower) return;
      this.#deliver(follower, batch);
      if (!this.#reading) return;
      // Else a thread whose others write without a pause would read on for ever, and serve nobody.
      await nextTurn();
    }
  }

  #deliver(follower: Follower, batch: FeedBatch): void {
    if (batch.reset) this.#position = follower.position;
    for (const listener of this.#listeners) {
      if (batch.reset) listener.reset();
      else for (const change of batch.changes) listener.change(change);
    }
    if (!batch.reset) this.#position = batch.changes[batch.changes.length - 1].sequence;
    for (const listener of this.#listeners) listener.settled();
  }

  #end(): void {
    for (const listener of [...this.#listeners]) listener.ended();
    this.#listeners.clear();
    if (this.#reading) this.#rest();
  }

  /** Who listens would never hear of anything again: better that they begin anew. */
  #fail(error: unknown): void {
    this.#log.error({ err: error }, "the change feed failed; its listeners are cut off");
    this.#end();
  }

  #tick(): void {
    for (const listener of this.#listeners) listener.tick();
  }

  /** Nobody listens. */
  #rest(): void {
    this.#reading = false;
    clearInterval(this.#ticker);
    if (this.#closed) return;
    this.#linger = setTimeout(() => {
      this.#follower?.close();
      this.#follower = undefined;
    }, this.#lingerMs);
    this.#linger.unref();
  }
}
