/** Invalidates one tag after the other, and says which it has begun and which it has done. */
import { parentPort, workerData } from "node:worker_threads";
import { hashTag, TagTable } from "../../../src/table/tags.js";

export interface WorkerTask {
  readonly buffer: SharedArrayBuffer;
  /** Begun, done, and whether to stop. */
  readonly shared: Int32Array;
  readonly tags: number;
}

const { buffer, shared, tags } = workerData as WorkerTask;
const table = new TagTable(buffer, { acquire() {}, release() {} });
const hashes = Array.from({ length: tags }, (_, i) => hashTag(`tag${i}`, "test"));
parentPort?.postMessage("ready");
for (let n = 1; Atomics.load(shared, 2) === 0; n++) {
  Atomics.store(shared, 0, n);
  table.invalidate(...hashes[n % tags]);
  Atomics.store(shared, 1, n);
}
