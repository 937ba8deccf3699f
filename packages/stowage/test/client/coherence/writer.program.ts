/**
 * Writes its keys, one after another, in bursts: two to four writes with some milliseconds between them, the last of which
 * may be a delete. Readers that lost the first value read it again while the next one is written. Then the key is left
 * alone for long enough that a reader who kept the wrong one shows.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "../../../src/client/index.js";
import { child, nowMs, randomFrom, type Write, type WriterJob, type WriterReport } from "./protocol.js";

await child<WriterJob, WriterReport>(async ({ url, keys, seed }, stop) => {
  const client = new Client({ url, timeout: "5s" });
  const random = randomFrom(seed);
  const writes: Write[] = [];
  let failures = 0;
  let write = 0;

  const change = async (key: string, isDelete: boolean): Promise<void> => {
    write++;
    try {
      if (isDelete) await client.delete(key);
      else await client.set(key, { key, write }, { ttl: null });
      writes.push({ key, write, isDelete, endedAtMs: nowMs() });
    } catch {
      failures++; // it may have been done or not: no bound begins
      await pause(50);
    }
  };

  for (let at = 0; !stop.aborted; at++) {
    const key = keys[at % keys.length];
    const burst = 2 + Math.floor(random() * 3);
    for (let n = 0; n < burst; n++) {
      await change(key, n === burst - 1 && random() < 0.3);
      await pause(random() * 20);
    }
  }
  await client.close();
  return { writes, failures };
});
