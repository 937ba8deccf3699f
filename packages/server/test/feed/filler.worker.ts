/** Fills keys in another thread: the other side of the races in race.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedTable, type TableHandle } from "stowage/table";
import { LeaseBoard } from "../../src/feed/lease-board.js";

export interface Work {
  readonly handle: TableHandle;
  readonly board: SharedArrayBuffer;
  /** The source's value, whether to stop, fills taken, fills refused. */
  readonly words: Int32Array;
  /** Once: it stays in the middle of a fill for so long. Else fills go on until it is told to stop. */
  readonly stayMs?: number;
}

const { handle, board: memory, words, stayMs } = workerData as Work;
const table = SharedTable.attach(handle);
const board = new LeaseBoard(memory, 1);
const key = Buffer.from("user:1");

if (stayMs === undefined) {
  parentPort?.postMessage("ready");
  while (Atomics.load(words, 1) === 0) load();
} else {
  board.fill(board.sequence, key, () => {
    parentPort?.postMessage("inside");
    spin(stayMs);
    Atomics.store(words, 2, 1);
  });
}
table.close();

function load(): void {
  const { sequence } = board;
  const answer = table.lease(key);
  if (!answer.granted) return;
  const loaded = String(Atomics.load(words, 0));
  spin(Math.random() * 0.1);
  const version = board.fill(sequence, key, () => table.fill(key, answer.token, loaded));
  if (version === undefined) table.release(answer.token);
  Atomics.add(words, version ? 2 : 3, 1);
}

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}
