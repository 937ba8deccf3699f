/** The worker's half of crew.ts: attaches to the table, then does the jobs it is told to, one after another. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedTable } from "stowage/table";
import type { Answer, HandData, Order } from "./crew.js";
import { Pace } from "./pace.js";
import { SharedClock } from "./shared-clock.js";

/** What every job is given. */
export interface Scene {
  readonly table: SharedTable;
  /** Undefined where time is real. */
  readonly clock: SharedClock | undefined;
  /** 0, 1, ... within the crew. */
  readonly index: number;
  readonly count: number;
  readonly data: unknown;
  readonly pace: Pace;
  /** Blocks until all of the crew have come here, so that they really run at the same time. */
  together(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: each job knows its own argument, which another thread sends
type Job = (scene: Scene, argument: any) => unknown;

/** To be called once by a worker script. */
export function serve(jobs: Readonly<Record<string, Job>>): void {
  const scene = openScene(workerData as HandData);
  const all: Record<string, Job> = {
    attached: () => undefined,
    close: () => scene.table?.close(),
    ...jobs,
  };
  parentPort?.on("message", async (order: Order) => {
    parentPort?.postMessage(await perform(all, scene, order));
  });
}

async function perform(jobs: Record<string, Job>, scene: Scene, order: Order): Promise<Answer> {
  const { serial, job, argument } = order;
  try {
    if (jobs[job] === undefined) throw new Error(`the worker knows no job ${job}`);
    return { serial, result: await jobs[job](scene, argument) };
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { serial, error: { name, message, stack } };
  }
}

function openScene(data: HandData): Scene {
  const clock = data.time === undefined ? undefined : new SharedClock(data.time);
  const options = { ...data.attach, ...(clock === undefined ? {} : { clock }) };
  const table = (
    data.handle === undefined ? undefined : SharedTable.attach(data.handle as never, options)
  ) as SharedTable;
  const gate = new Int32Array(data.gate);
  const { index, count } = data;
  return {
    table,
    clock,
    index,
    count,
    data: data.data,
    pace: new Pace(data.pace),
    together: () => gather(gate, count),
  };
}

function gather(gate: Int32Array, count: number): void {
  const rank = Atomics.add(gate, 0, 1) + 1;
  if (rank % count === 0) Atomics.notify(gate, 0);
  // The next round begins above the count of this one, so nobody mistakes it for this one.
  const full = Math.ceil(rank / count) * count;
  for (let seen = Atomics.load(gate, 0); seen < full; seen = Atomics.load(gate, 0))
    Atomics.wait(gate, 0, seen);
}
