/** A thread that takes from three shared limits as fast as it can, beside another one, while the clock stands still. */
import { workerData } from "node:worker_threads";
import { intervalNs, Limiter } from "../../src/access/limiter.js";

export interface Task {
  readonly limits: SharedArrayBuffer;
  /** Three counts for each thread. */
  readonly admitted: SharedArrayBuffer;
  /** Both threads begin when both are here. */
  readonly gate: SharedArrayBuffer;
  readonly rate: number;
}

const { limits, admitted, gate, rate, thread } = workerData as Task & { thread: number };
const counts = new Int32Array(admitted, thread * 12, 3);
const limiter = new Limiter(limits, () => 1_000);
const interval = intervalNs(rate);

const arrived = new Int32Array(gate);
Atomics.add(arrived, 0, 1);
while (Atomics.load(arrived, 0) < 2);
for (let n = 0; n < 60_000; n++) {
  const slot = n % 3;
  if (limiter.take(slot, interval) === 0) counts[slot]++;
}
