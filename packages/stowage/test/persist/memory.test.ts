/** Memory: a dump much larger than what is allowed goes through both ways. */
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDump } from "../../src/cache/persist/restore.js";
import { saveDump } from "../../src/cache/persist/save.js";
import { entry } from "./support.js";

const megabyte = 1 << 20;

/** What is alive, in bytes, on the heap and beside it. */
function liveBytes(): number {
  // The first gives the buffers' owners back, the second the buffers.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("64 MB are saved, verified and restored within 8 MB", { timeout: 60_000 }, async () => {
  expect(globalThis.gc, "run with --expose-gc").toBeDefined();
  const folder = await fs.mkdtemp(join(tmpdir(), "stowage-dump-"));
  const path = join(folder, "large.dump");
  const count = 64_000;
  function* source() {
    for (let index = 0; index < count; index++)
      yield entry(`key${index}`, { index, text: `${index} `.repeat(170) });
  }
  let peak = 0;
  let blocks = 0;
  const before = liveBytes();
  const onProgress = () => {
    if (++blocks % 100 === 0) peak = Math.max(peak, liveBytes() - before);
  };
  try {
    const saved = await saveDump(path, source(), { onProgress });
    expect(saved.bytes).toBeGreaterThan(60 * megabyte);
    const dump = await openDump(path, { onProgress });
    let restored = 0;
    for await (const batch of dump.entries()) restored += batch.length;
    expect([restored, dump.count]).toEqual([count, count]);
    expect(blocks).toBeGreaterThan(2_500);
    expect(peak).toBeLessThan(8 * megabyte);
  } finally {
    await fs.rm(folder, { recursive: true });
  }
});
