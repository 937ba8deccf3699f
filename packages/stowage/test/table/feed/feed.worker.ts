/** What the threads of threads.test.ts run: one notes changes, another follows. */
import { parentPort, workerData } from "node:worker_threads";
import { RingFollower } from "../../../src/table/feed/follower.js";
import { Ring } from "../../../src/table/feed/ring.js";
import { noteKey } from "./support.js";

export interface WorkerTask {
  readonly role: "note" | "wait" | "iterate";
  readonly buffer: SharedArrayBuffer;
  readonly thread: number;
  /** Word 0: the table's count of watchers; word 1: writers begin when it is not 0. */
  readonly shared: Int32Array;
  readonly notes: number;
}

const { role, buffer, thread, shared, notes } = workerData as WorkerTask;
const watchers = { add: (count: number) => void Atomics.add(shared, 0, count) };
const ring = new Ring(buffer, { thread, watchers });

function note(): void {
  parentPort?.postMessage("ready");
  Atomics.wait(shared, 1, 0);
  for (let i = 0; i < notes; i++) noteKey(ring, `${thread}:${i}`);
}

/** Answers with the last key of each thread that it saw, and how often it was reset. */
async function follow(): Promise<void> {
  const follower = new RingFollower(ring);
  parentPort?.postMessage("ready");
  const seen: Record<string, number> = {};
  let resets = 0;
  let ended = 0;
  const take = (batch: ReturnType<RingFollower["read"]>) => {
    if (batch.reset) resets++;
    for (const { key } of batch.changes) {
      const [from, index] = key.toString().split(":");
      if (from === "end") ended++;
      else seen[from] = Number(index);
    }
    return ended === 0;
  };
  if (role === "wait") while (follower.wait(20_000) && take(follower.read()));
  else for await (const batch of follower) if (!take(batch)) break;
  follower.close();
  parentPort?.postMessage({ seen, resets, ended });
}

if (role === "note") note();
else {
  // The feed keeps no thread alive by itself.
  const alive = setInterval(() => {}, 1_000);
  await follow();
  clearInterval(alive);
}
