/**
 * cache.record: which requests are written down, equal for equal keys, and how a recording ends. That the simulator reads
 * the file is tested where the simulator is.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Cache, type ErrorSource } from "stowage";
import { settle } from "stowage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
let path: string;
let cache: Cache<unknown, number>;
let reports: ErrorSource[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-recording-"));
  path = join(folder, "trace.gz");
  reports = [];
  cache = new Cache<unknown, number>({ onError: (_error, source) => void reports.push(source) });
});
afterEach(() => {
  cache.close();
  rmSync(folder, { recursive: true });
});

function linesOf(from = path): string[] {
  return gunzipSync(readFileSync(from)).toString().split("\n").slice(0, -1);
}

/** The requests, each key as the place of its first request among the keys. */
function requestsOf(): number[] {
  const lines = linesOf();
  const keys = [...new Set(lines)];
  return lines.map((line) => keys.indexOf(line));
}

describe("a recording", () => {
  it("is each request, in order, equal for equal keys", async () => {
    const keys = ["user:1", "user:2", 17, "user:1", "", 17, "\ud800", "user:2", 0.5, "user:3"];
    const recording = cache.record(path);
    for (const key of keys) cache.get(key);
    expect(await recording.stop()).toMatchObject({ requests: keys.length, dropped: 0 });
    expect(requestsOf()).toEqual([0, 1, 2, 0, 3, 2, 4, 1, 5, 6]);
  });

  it("has what asks for a value, hit or miss, and nothing else", async () => {
    cache.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    const recording = cache.record(path);
    cache.get("a");
    cache.get("absent");
    cache.take("b");
    cache.getMany(["a", "c"]);
    await cache.fetch("d", () => 4);
    await cache.fetchMany(["a", "e"], () => [["e", 5]]);
    await cache.wrap(async (n: number) => n, { key: (n) => n })(7);
    cache.execute((inner) => inner.get("a"));
    const others = [
      cache.set("x", 1),
      cache.peek("a"),
      cache.has("a"),
      cache.delete("x"),
      cache.touch("a"),
      cache.ttl("a"),
    ];
    expect([...cache.keys(), cache.incr("y"), cache.inspect("a"), ...others].length).toBeGreaterThan(0);
    expect(await recording.stop()).toMatchObject({ requests: 10 });
    //                                a  absent b  a  c  d  a  e  7  a
    expect(requestsOf()).toEqual([0, 1, 2, 0, 3, 4, 0, 5, 6, 0]);
  });

  it("takes keys of any kind and tells them apart", async () => {
    const recording = cache.record(path);
    for (const key of [1n, 2n, 1n, true, false, Symbol.for("a"), Symbol.for("b"), null, {}]) cache.get(key);
    expect(await recording.stop()).toMatchObject({ requests: 9 });
    expect(requestsOf().slice(0, 7)).toEqual([0, 1, 0, 2, 3, 4, 5]);
  });

  it("has the FNV-1a hashes of texts and numbers, which are the same in every process", async () => {
    const recording = cache.record(path);
    for (const key of ["", "a", "foobar", 0, "0"]) cache.get(key);
    await recording.stop();
    const [empty, a, foobar, zero] = [0x811c9dc5, 0xe40c292c, 0xbf9cf968, 0x350ca8af].map(String);
    expect(linesOf()).toEqual([empty, a, foobar, zero, zero]);
  });

  it("the same keys give the same file twice", async () => {
    const second = join(folder, "second.gz");
    for (const to of [path, second]) {
      const recording = cache.record(to);
      for (let n = 0; n < 500; n++) cache.get(`key ${n % 90}`);
      await recording.stop();
    }
    expect(linesOf(second)).toEqual(linesOf());
  });

  it("changes nothing about what verbs give", async () => {
    const recording = cache.record(path);
    expect(cache.set("a", 1)).toBe(true);
    expect(cache.get("a")).toBe(1);
    expect(await cache.fetch("b", () => 2)).toBe(2);
    expect(() => cache.set("a", undefined as never)).toThrow("undefined");
    await recording.stop();
    expect(cache.stats().calls).toMatchObject({ set: 1, get: 1, fetch: 1 });
  });

  it("of a sample has some keys, each with all of its requests", async () => {
    const recording = cache.record(path, { sample: 0.3 });
    for (let round = 0; round < 4; round++) for (let n = 0; n < 2_000; n++) cache.get(`key ${n}`);
    const { requests, dropped } = await recording.stop();
    const numbers = requestsOf();
    const keys = new Set(numbers).size;
    expect([numbers.length, dropped]).toEqual([requests, 0]);
    expect(keys / 2_000).toBeGreaterThan(0.2);
    expect(keys / 2_000).toBeLessThan(0.4);
    expect(requests).toBe(keys * 4);
  });
});

describe("a recording ends", () => {
  it("with stop: later requests are not in it, a second stop says the same", async () => {
    const recording = cache.record(path);
    cache.get("a");
    const stopped = recording.stop();
    cache.get("b");
    expect(await stopped).toMatchObject({ requests: 1 });
    expect(await recording.stop()).toEqual(await stopped);
    expect(requestsOf()).toEqual([0]);
  });

  it("with the cache", async () => {
    const recording = cache.record(path);
    cache.get("a");
    cache.close();
    expect(await recording.stop()).toMatchObject({ requests: 1 });
    expect(requestsOf()).toEqual([0]);
  });

  it("before another one begins: one at a time is refused, then taken", async () => {
    const first = cache.record(path);
    const second = join(folder, "second.gz");
    expect(() => cache.record(second)).toThrow(/under way/);
    cache.get("a");
    expect(await first.stop()).toMatchObject({ requests: 1 });
    const next = cache.record(second);
    await first.stop();
    cache.get("b");
    expect(await next.stop(), "the first one's stop has not ended it").toMatchObject({ requests: 1 });
  });

  it("leaving hooks as they were", async () => {
    const told: string[] = [];
    const hooked = new Cache<string, number>({
      hooks: [{ when: "after", handle: ({ action }) => void told.push(action) }],
    });
    const recording = hooked.record(path);
    hooked.get("a");
    await recording.stop();
    hooked.get("b");
    expect(told).toEqual(["get", "get"]);
    hooked.close();
    expect(() => hooked.get("c")).toThrow("closed");
  });

  it("with what went wrong, told by stop, and to onError when close ended it", async () => {
    const nowhere = join(folder, "no", "such", "folder.gz");
    const failing = cache.record(nowhere);
    cache.get("a");
    await expect(failing.stop()).rejects.toMatchObject({ code: "STOWAGE_DUMP_IO" });
    expect(reports).toEqual([]);

    cache.record(nowhere);
    cache.get("a");
    const ended = new Promise<void>((resolve) => setImmediate(resolve));
    cache.close();
    await ended;
    for (let turn = 0; reports.length === 0 && turn < 1_000; turn++) await settle();
    expect(reports).toContainEqual({ source: "recorder" });
  });
});

describe("record refuses", () => {
  it.each([[""], [undefined], [5]])("%j as a path", (wrong) => {
    expect(() => cache.record(wrong as string)).toThrow(/path/);
    cache.record(path);
  });

  it.each([[0], [-1], [1.5], [Number.NaN], ["all"]])("%j as a sample, and can be called again", (sample) => {
    expect(() => cache.record(path, { sample: sample as number })).toThrow(/sample/);
    cache.record(path);
  });
});

describe("record, as every verb,", () => {
  it("says its own name on a closed cache", () => {
    cache.close();
    expect(() => cache.record(path)).toThrow(/^record: /);
  });

  it("refuses an option that it does not know", () => {
    expect(() => cache.record(path, { smaple: 0.1 } as never)).toThrow(/"sample"/);
  });

  it("takes the keys of a getMany from any iterable that can be walked again", async () => {
    const recording = cache.record(path);
    cache.getMany(new Set(["a", "b"]));
    expect(await recording.stop()).toMatchObject({ requests: 2 });
  });

  it("does not report again at close what stop has told", async () => {
    await expect(cache.record(join(folder, "no", "such", "folder.gz")).stop()).rejects.toThrow();
    cache.close();
    await settle();
    expect(reports).toEqual([]);
  });
});
