/** One thread invalidates, another reads, no lock between them: what has been invalidated is never valid. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { hashTag, TagTable, tagTableBytes } from "../../../src/table/tags.js";
import { bundle } from "../support/bundle.js";
import type { WorkerTask } from "./tags.worker.js";

const rounds = 4_000;

it.each([
  ["a few tags", 5],
  ["more tags than are remembered", 300],
])(
  "%s",
  async (_, tags) => {
    const buffer = new SharedArrayBuffer(tagTableBytes(2 ** 20));
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const workerData: WorkerTask = { buffer, shared, tags };
    const worker = new Worker(await bundle(new URL("./tags.worker.ts", import.meta.url)), { workerData });
    await once(worker, "message");
    const table = new TagTable(buffer, { acquire() {}, release() {} });
    const hashes = Array.from({ length: tags }, (_, i) => Int32Array.from(hashTag(`tag${i}`, "test")));
    let stale = 0;
    let checked = 0;
    for (let round = 0; round < rounds; round++) {
      const { sequence } = table;
      const begun = Atomics.load(shared, 0);
      while (Atomics.load(shared, 1) < begun + 3);
      const done = Atomics.load(shared, 1);
      for (let n = Math.max(begun + 1, done - tags + 1); n <= done; n++) {
        checked++;
        if (!table.isInvalid(sequence, hashes[n % tags], 0, 1)) stale++;
      }
    }
    Atomics.store(shared, 2, 1);
    await once(worker, "exit");
    table.verify();
    expect(checked).toBeGreaterThan(rounds);
    expect(stale).toBe(0);
  },
  30_000,
);
