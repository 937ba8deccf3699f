/** Races between fills of a key and invalidations of its prefix, in two threads. Bundled by lease-board.test.ts. */
import { Worker } from "node:worker_threads";
import { SharedTable } from "stowage/table";
import { createLeaseBoard, LeaseBoard } from "../../src/feed/lease-board.js";
import type { Work } from "./filler.worker.js";

export interface Raced {
  /** How often a value was there that the source no longer had when the last invalidation began. */
  readonly stale: number;
  /** Fills. */
  readonly taken: number;
  readonly refused: number;
}

/** One thread fills the key with what the source has; this one changes the source, and invalidates the key's prefix. */
export function race(filler: string, rounds: number): Promise<Raced> {
  return beside(filler, {}, async (table, board, words, exited) => {
    let stale = 0;
    for (let round = 1; round <= rounds; round++) {
      Atomics.store(words, 0, round);
      board.noteInvalidation(Buffer.from("user:"));
      for (const found of [...table.keys({ prefix: "user:" })]) table.delete(found);
      for (let look = 0; look < 100; look++) if (Number(table.getString("user:1") ?? round) < round) stale++;
      if (round % 64 === 0) await new Promise(setImmediate);
    }
    Atomics.store(words, 1, 1);
    await exited;
    return { stale, taken: words[2], refused: words[3] };
  });
}

/** Whether an invalidation that meets a fill in the middle waits for its end. */
export function waitsForFill(filler: string): Promise<boolean> {
  return beside(filler, { stayMs: 50 }, async (_, board, words, exited) => {
    board.noteInvalidation(Buffer.from("user:"));
    const waited = Atomics.load(words, 2) === 1;
    await exited;
    return waited;
  });
}

async function beside<T>(
  filler: string,
  work: Partial<Work>,
  run: (table: SharedTable, board: LeaseBoard, words: Int32Array, exited: Promise<unknown>) => Promise<T>,
): Promise<T> {
  const table = SharedTable.create({ memory: "1mb", threads: 2 });
  const memory = createLeaseBoard();
  const board = new LeaseBoard(memory, 0);
  const words = new Int32Array(new SharedArrayBuffer(16));
  const worker = new Worker(filler, { workerData: { handle: table.handle, board: memory, words, ...work } });
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  await new Promise((resolve) => worker.once("message", resolve));
  try {
    return await run(table, board, words, exited);
  } finally {
    table.close();
  }
}
