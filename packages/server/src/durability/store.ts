/**
 * What outlives the process: snapshots of the table in a directory.
 *
 *     <data-dir>/table.snapshot            the last one that was finished
 *     <data-dir>/table.snapshot.*.tmp      one that is being written, or was when the process was killed
 *     <data-dir>/table.snapshot.damaged    one that was found to be damaged at a start
 *     <data-dir>/lock                      who works with the directory
 *
 * They are begun at equal distances, so a kill loses what was written since the last one was begun: the interval and the
 * time that one takes, at most. Each is written beside the one before and takes its place when it is on the disk; so
 * whatever goes wrong, the one before is there. What goes wrong is logged, counted, and tried again.
 */
import { join } from "node:path";
import { type Clock, systemClock, type TimerHandle } from "stowage";
import type { SharedTable, SnapshotReport } from "stowage/table";
import type { Log } from "../observe/types.js";
import { addFigure, createStoreMemory, noteFigures } from "./figures.js";
import { codeOf, type StoreFiles, systemFiles } from "./files.js";
import { Lock, unusable } from "./lock.js";
import { type Place, thisPlace } from "./place.js";
import { warmStart } from "./warm-start.js";

const snapshotName = "table.snapshot";
/** What the table, or the lock, was writing when the process was killed. */
const unfinished = /^(table\.snapshot|lock)\..+\.tmp$/;
/** After a failure the next attempt does not wait for the interval, which may be hours. */
const retryMsMax = 10_000;

export interface StoreOptions {
  /** Made if it is not there. */
  readonly dir: string;
  /** From the beginning of a snapshot to the beginning of the next. */
  readonly everyMs: number;
  readonly table: SharedTable;
  readonly log: Log;
  /** Of `createStoreMemory`. */
  readonly memory?: SharedArrayBuffer;
  readonly clock?: Clock;
  readonly files?: StoreFiles;
  readonly place?: Place;
}

/**
 * Locks the directory, loads its snapshot into the table, and begins to take snapshots.
 *
 * @throws StoreError
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dir, table, log, files = systemFiles, clock = systemClock, place = thisPlace() } = options;
  const memory = options.memory ?? createStoreMemory();
  // Entries may be anybody's data: others on the machine have no business in it.
  await files.mkdir(dir, { recursive: true, mode: 0o700 }).catch((error) => {
    throw unusable(dir, error);
  });
  const lock = new Lock({
    dir,
    files,
    clock,
    place,
    onLost: () => store?.stop("another server has taken it"),
  });
  let store: Store | undefined;
  await lock.take();
  try {
    await removeUnfinished(dir, files, log);
    const loaded = await warmStart(table, join(dir, snapshotName), files, log);
    noteFigures(memory, {
      on: 1,
      loadedEntries: loaded?.entries ?? 0,
      loadMs: loaded?.durationMs ?? 0,
      damagedBlocks: loaded?.corruptBlocks ?? 0,
      lastAt: loaded?.begunAt ?? 0,
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
  store = new Store({ ...options, memory, clock }, lock);
  return store;
}

async function removeUnfinished(dir: string, files: StoreFiles, log: Log): Promise<void> {
  try {
    for (const name of await files.readdir(dir)) {
      if (!unfinished.test(name)) continue;
      await files.unlink(join(dir, name)).catch((error) => {
        if (codeOf(error) !== "ENOENT") throw error;
      });
      log.info({ path: join(dir, name) }, "removed what a killed run had not finished");
    }
  } catch (error) {
    throw unusable(dir, error);
  }
}

export class Store {
  readonly #options: StoreOptions & { readonly memory: SharedArrayBuffer; readonly clock: Clock };
  readonly #lock: Lock;
  readonly #path: string;
  #timer: TimerHandle | undefined;
  #running: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;
  #giveUp = new AbortController();
  #closing: Promise<{ saved: boolean }> | undefined;
  #stopped = false;

  constructor(
    options: StoreOptions & { readonly memory: SharedArrayBuffer; readonly clock: Clock },
    lock: Lock,
  ) {
    this.#options = options;
    this.#lock = lock;
    this.#path = join(options.dir, snapshotName);
    this.#schedule(options.everyMs);
  }

  /** Takes one that begins now, or when the one under way has ended. Never rejects; false: it failed, which was logged. */
  snapshot(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => this.#start());
    return this.#next;
  }

  /**
   * Takes the last one, and lets go of the directory. One that is under way is dropped, since it would be older. Never
   * rejects.
   *
   * @param signal gives up: the snapshot before stays
   */
  close({ signal }: { signal?: AbortSignal } = {}): Promise<{ saved: boolean }> {
    this.#closing ??= this.#close();
    const giveUp = () => this.#giveUp.abort(new Error("the server has to stop at once"));
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp);
    return this.#closing.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  /** Without a last snapshot: the directory is another's. */
  stop(reason: string): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#giveUp.abort(new Error(reason));
    const { dir, log, memory } = this.#options;
    addFigure(memory, "failures");
    log.error({ dir }, `no more snapshots are taken: ${reason}`);
  }

  async #close(): Promise<{ saved: boolean }> {
    const saved = !this.#stopped && (await this.#last());
    this.#stopped = true;
    this.#cancelTimer();
    await this.#lock.release();
    return { saved };
  }

  #last(): Promise<boolean> {
    this.#giveUp.abort(new Error("a later one takes its place"));
    this.#giveUp = new AbortController();
    return this.snapshot();
  }

  #start(): Promise<boolean> {
    this.#next = undefined;
    if (this.#stopped) return Promise.resolve(false);
    this.#cancelTimer();
    const begunMs = this.#options.clock.now();
    this.#running = this.#take().then((saved) => {
      this.#running = undefined;
      const { everyMs, clock } = this.#options;
      const leftMs = Math.max(0, begunMs + everyMs - clock.now());
      if (!this.#stopped) this.#schedule(saved ? leftMs : Math.min(everyMs, retryMsMax));
      return saved;
    });
    return this.#running;
  }

  async #take(): Promise<boolean> {
    const { table, log, clock } = this.#options;
    const { signal } = this.#giveUp;
    const begunAt = clock.wall();
    try {
      signal.throwIfAborted();
      const report = await table.snapshot(this.#path, { onProgress: () => signal.throwIfAborted() });
      this.#succeeded(report, begunAt);
      return true;
    } catch (error) {
      if (signal.aborted) log.info({ path: this.#path }, `snapshot given up: ${signal.reason.message}`);
      else this.#failed(error);
      return false;
    }
  }

  #succeeded({ entries, bytes, durationMs, expired, missed }: SnapshotReport, begunAt: number): void {
    const { log, memory } = this.#options;
    addFigure(memory, "snapshots");
    noteFigures(memory, { lastAt: begunAt, durationMs, entries, bytes, missed });
    const figures = { path: this.#path, entries, bytes, expired, missed, ms: Math.round(durationMs) };
    if (missed === 0) log.info(figures, "snapshot");
    else log.warn(figures, "snapshot without entries that were rewritten all the time");
  }

  #failed(error: unknown): void {
    const { log, memory, everyMs } = this.#options;
    const failures = addFigure(memory, "failures");
    const retryMs = Math.min(everyMs, retryMsMax);
    log.error({ err: error, path: this.#path, failures, retryMs }, "snapshot failed; the one before is kept");
  }

  #schedule(ms: number): void {
    this.#cancelTimer();
    this.#timer = this.#options.clock.setTimer(() => void this.snapshot(), ms);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
