import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { Cache } from "stowage";
import { describe, expect, it } from "vitest";
import { TraceError } from "../src/errors.js";
import { LineFeed, RecordFeed } from "../src/feed.js";
import { formats } from "../src/formats/index.js";
import { readTrace } from "../src/read.js";
import { TraceBuilder } from "../src/trace.js";
import { readBytes, requested, traceOf } from "./helpers.js";

/** Records of libCacheSim: time, object, size, next access. */
function oracleGeneral(...objects: bigint[]): Buffer {
  return Buffer.concat(
    objects.map((object, index) => {
      const record = Buffer.alloc(24);
      record.writeUInt32LE(index * 3, 0);
      record.writeBigUInt64LE(object, 4);
      record.writeUInt32LE(4_096, 12);
      record.writeBigInt64LE(-1n, 16);
      return record;
    }),
  );
}

const samples: [format: string, bytes: string | Buffer, keys: string[]][] = [
  ["keys", "7\n8\n7\n", ["7", "8", "7"]],
  ["keys", "user:1\r\nuser:2\r\nuser:1", ["user:1", "user:2", "user:1"]],
  ["lirs", "*\n1\n2\n\n*\n1\n", ["1", "2", "1"]],
  ["arc", "100 3 0 1\n101 1 0 2\n", ["100", "101", "102", "101"]],
  ["twitter", "0,a,1,9,3,get,0\n0,a,1,9,3,set,60\n1,b,x,4,9,3,gets,0\n2,c,1,0,3,delete,0\n", ["a", "b,x"]],
  ["oracle-general", oracleGeneral(1n, 2n ** 64n - 1n, 1n), ["1", "18446744073709551615", "1"]],
];

describe("reads and recognises", () => {
  it.each(samples)("%s", async (format, bytes, keys) => {
    for (const file of [bytes, gzipSync(bytes)]) {
      for (const options of [{}, { format }]) {
        const trace = await readBytes(file, options);
        expect(requested(trace)).toEqual(keys);
        expect(trace.format).toBe(format);
      }
    }
  });

  it("only the first requests under a limit, also of a file that goes wrong later", async () => {
    expect(requested(await readBytes("1\n2\n3\n", { limit: 2 }))).toEqual(["1", "2"]);
    expect(requested(await readBytes("10 5 0 1\nnonsense", { limit: 3, format: "arc" }))).toEqual([
      "10",
      "11",
      "12",
    ]);
    expect(requested(await readBytes(oracleGeneral(5n, 6n, 7n), { limit: 1 }))).toEqual(["5"]);
  });

  it("a file of many chunks", async () => {
    const keys = Array.from({ length: 100_000 }, (_, request) => `key-${request % 777}`);
    expect(requested(await readBytes(gzipSync(keys.join("\n"))))).toEqual(keys);
  });
});

describe("what cache.record() writes", () => {
  it("is the cache's traffic: the same keys the same number, in order", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-record-"));
    const asked = Array.from({ length: 5_000 }, (_, request) => `user:${(request * request) % 701}`);
    const cache = new Cache<string, number>({ max: 10 });
    try {
      const recording = cache.record(join(folder, "requests.gz"));
      for (const key of asked) if (cache.get(key) === undefined) cache.set(key, 1);
      expect(await recording.stop()).toMatchObject({ requests: 5_000, dropped: 0 });
      const trace = await readTrace(join(folder, "requests.gz"));
      expect([...trace.requests]).toEqual([...traceOf(asked).requests]);
    } finally {
      cache.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("refuses, naming line and fault", () => {
  const cases: [
    what: string,
    bytes: string | Uint8Array,
    format: string | undefined,
    code: string,
    says: string,
  ][] = [
    ["an empty file", "", undefined, "TRACE_EMPTY", "no request"],
    ["a trace of writes only", "0,a,1,9,3,set,60\n", undefined, "TRACE_EMPTY", "no request"],
    [
      "text that is no trace",
      "Dear all,\nplease find attached\n",
      undefined,
      "TRACE_UNKNOWN_FORMAT",
      "--format",
    ],
    [
      "a picture",
      Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
      undefined,
      "TRACE_UNKNOWN_FORMAT",
      "--format",
    ],
    ["an empty line among keys", "1\n\n2\n", "keys", "TRACE_MALFORMED", "line 2: expected a key"],
    [
      "a word among block numbers",
      "1\n2\nthree\n",
      "lirs",
      "TRACE_MALFORMED",
      'line 3: expected a block number or "*", found "three"',
    ],
    [
      "a short line of ARC",
      "1 2 3 4\n1 2 3\n",
      "arc",
      "TRACE_MALFORMED",
      'line 2: expected four numbers (start count ignored request), found "1 2 3"',
    ],
    [
      "a run of billions of blocks",
      "1 4000000000 0 1\n",
      "arc",
      "TRACE_MALFORMED",
      "at most 10000000 blocks",
    ],
    ["a block beyond what numbers hold", "99999999999999999 1 0 1\n", "arc", "TRACE_MALFORMED", "below 2^53"],
    [
      "a CSV with a column too few",
      "0,a,1,9,get,0\n",
      "twitter",
      "TRACE_MALFORMED",
      "line 1: expected time,key",
    ],
    [
      "an unknown operation",
      "0,a,1,9,3,get,0\n0,a,1,9,3,peek,0\n",
      "twitter",
      "TRACE_MALFORMED",
      'line 2: there is no operation "peek"',
    ],
    [
      "a record cut short",
      oracleGeneral(1n, 2n).subarray(0, 40),
      "oracle-general",
      "TRACE_MALFORMED",
      "line 2: expected 24 bytes, found the last 16",
    ],
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), undefined, "TRACE_COMPRESSION", "zstd -d"],
    [
      "gzip cut short",
      gzipSync("1\n2\n3\n").subarray(0, 20),
      undefined,
      "TRACE_COMPRESSION",
      "damaged or cut short",
    ],
    ["a line without an end", "x".repeat(2 ** 21), "keys", "TRACE_MALFORMED", "lines of at most"],
  ];

  it.each(cases)("%s", async (_what, bytes, format, code, says) => {
    const error = await readBytes(bytes, { format }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toMatchObject({ code, file: "trace", message: expect.stringContaining(says) });
  });

  it("a file that is not there", async () => {
    await expect(readTrace("/no/such/file")).rejects.toMatchObject({ code: "TRACE_UNREADABLE" });
  });

  it("a folder", async () => {
    await expect(readTrace(import.meta.dirname)).rejects.toMatchObject({ code: "TRACE_UNREADABLE" });
  });
});

/** What a format makes of bytes that come in these pieces: keys, or the message of the TraceError. */
function fed(name: string, pieces: readonly Uint8Array[]): string[] | string {
  const format = formats.find((one) => one.name === name);
  const builder = new TraceBuilder("test");
  const feed =
    format?.kind === "records" ? new RecordFeed(format, builder) : new LineFeed(format as never, builder);
  try {
    for (const piece of pieces) feed.push(Buffer.from(piece));
    feed.end();
    return builder.requests === 0 ? [] : requested(builder.build(name));
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return error.message;
  }
}

describe("fuzz", () => {
  const texts = fc.string({ unit: fc.constantFrom(..."0159 ,*\n\r\tgets→"), maxLength: 200 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    texts.map((text) => new TextEncoder().encode(text)),
  );

  it.each(formats.map(({ name }) => name))(
    "%s: any split of any bytes equals the whole, or the same TraceError",
    (name) => {
      fc.assert(
        fc.property(bytes, fc.array(fc.nat(120), { maxLength: 6 }), (whole, cuts) => {
          const ends = [...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort(
            (a, b) => a - b,
          );
          const pieces = ends.map((end, index) => whole.subarray(index === 0 ? 0 : ends[index - 1], end));
          expect(fed(name, pieces)).toEqual(fed(name, [whole]));
        }),
        { numRuns: 300 },
      );
    },
  );

  it("any file gives a trace or a TraceError", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (whole) => {
        const outcome = await readBytes(whole).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TraceError);
      }),
      { numRuns: 100 },
    );
  });
});
