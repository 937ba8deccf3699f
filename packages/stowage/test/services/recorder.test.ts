import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRecorder } from "../../src/cache/services/recorder.js";
import { FakeClock } from "../../src/testing/fake-clock.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-recorder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function linesOf(path: string): string[] {
  const text = gunzipSync(readFileSync(path)).toString();
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text.split("\n").slice(0, -1);
}

/** A hash per key, spread over 32 bits. */
const hashOf = (key: number): number => Math.imul(key + 1, 0x9e3779b1) ^ (key << 3);

describe("the recorder", () => {
  it("writes a decimal per request, in order, signed or not", async () => {
    const path = join(folder, "trace.gz");
    const clock = new FakeClock();
    const recorder = createRecorder(path, { clock });
    for (const hash of [0, 9, 10, 99, 100, 1_234_567_890, 0x7fffffff, 0xffffffff, -1]) recorder.record(hash);
    clock.advance(250);
    expect(await recorder.close()).toEqual({ requests: 9, dropped: 0, durationMs: 250 });
    const numbers = ["0", "9", "10", "99", "100", "1234567890", "2147483647", "4294967295", "4294967295"];
    expect(linesOf(path)).toEqual(numbers);
  });

  it("writes more than a block", async () => {
    const path = join(folder, "trace.gz");
    const recorder = createRecorder(path, { clock: new FakeClock() });
    const hashes = Array.from({ length: 50_000 }, (_, key) => hashOf(key) >>> 0);
    for (const hash of hashes) recorder.record(hash);
    expect((await recorder.close()).requests).toBe(50_000);
    expect(linesOf(path)).toEqual(hashes.map(String));
  });

  it("samples keys, each with all of its requests", async () => {
    const path = join(folder, "trace.gz");
    const recorder = createRecorder(path, { clock: new FakeClock(), sample: 0.25 });
    for (let round = 0; round < 3; round++)
      for (let key = 0; key < 10_000; key++) recorder.record(hashOf(key));
    const { requests } = await recorder.close();
    const times = new Map<string, number>();
    for (const line of linesOf(path)) times.set(line, (times.get(line) ?? 0) + 1);
    expect(new Set(times.values())).toEqual(new Set([3]));
    expect(requests).toBe(3 * times.size);
    expect(times.size).toBeGreaterThan(2_200);
    expect(times.size).toBeLessThan(2_800);
  });

  it("drops and counts what the disk cannot keep up with, and keeps whole lines", async () => {
    const path = join(folder, "trace.gz");
    const recorder = createRecorder(path, { clock: new FakeClock() });
    // All in one turn of the event loop: nothing can be written meanwhile.
    for (let request = 0; request < 1_500_000; request++) recorder.record(0xffffffff);
    const { requests, dropped } = await recorder.close();
    expect(dropped).toBeGreaterThan(0);
    expect(requests + dropped).toBe(1_500_000);
    expect(linesOf(path)).toHaveLength(requests);
  });

  it("reports at close what the file system refused, and not before", async () => {
    const path = join(folder, "missing", "trace.gz");
    const recorder = createRecorder(path, { clock: new FakeClock() });
    for (let key = 0; key < 20_000; key++) recorder.record(hashOf(key));
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let key = 0; key < 20_000; key++) recorder.record(hashOf(key));
    await expect(recorder.close()).rejects.toMatchObject({ code: "STOWAGE_DUMP_IO", path });
    await expect(recorder.close()).rejects.toThrow("ENOENT");
  });

  it("reports a failure that close itself runs into", async () => {
    const recorder = createRecorder(folder, { clock: new FakeClock() });
    recorder.record(1);
    await expect(recorder.close()).rejects.toThrow("EISDIR");
  });

  it("closes once, and takes nothing afterwards", async () => {
    const path = join(folder, "trace.gz");
    const recorder = createRecorder(path, { clock: new FakeClock() });
    const first = recorder.close();
    recorder.record(7);
    expect(recorder.close()).toBe(first);
    expect(await first).toEqual({ requests: 0, dropped: 0, durationMs: 0 });
    expect(linesOf(path)).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a sample of %s", (sample) => {
    expect(() => createRecorder(join(folder, "x"), { clock: new FakeClock(), sample })).toThrow("sample");
  });
});
