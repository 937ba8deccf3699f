/** A worker thread that answers requests, as far as the shared memory can tell, and then dies without a word. */
import { workerData } from "node:worker_threads";
import type { Route } from "../../src/http/route.js";
import { createObserver, type FleetMemory, sharedNow } from "../../src/observe/index.js";

export interface Task {
  readonly memory: FleetMemory;
  readonly worker: number;
  readonly requests: number;
}

const { memory, worker, requests } = workerData as Task;
const routes = memory.routes.map((name) => ({ name }) as Route);
const observer = createObserver(memory, worker, sharedNow);
for (let n = 0; n < requests; n++) observer.answered(routes[1 + (n % 2)], 200, 0.01, 1, 2);
observer.beat({ open: 3, accepted: 5, turnedAway: 1 });
process.exit(1);
