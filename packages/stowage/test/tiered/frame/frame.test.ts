/** Records: what comes back, what is a miss, and that nothing throws. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/cache/persist/crc32.js";
import { throws } from "../../../src/testing/check.js";
import { compressor } from "../../../src/tiered/frame/compressors.js";
import {
  type FrameHead,
  type FrameOptions,
  Framer,
  type Serializer,
} from "../../../src/tiered/frame/index.js";

const head: FrameHead = {
  isNegative: false,
  epoch: 2 ** 53 - 1,
  createdMs: 1_790_000_000_123,
  expiresMs: 1_790_000_060_123,
  loadMs: 250,
  tags: ["users", "", "é", "\ud800", "\udc00", "\ufffd", "x".repeat(9_000)],
};
const text = "a value that is said again. ".repeat(400);

async function throughOf(value: unknown, options?: FrameOptions, framer = new Framer(options)) {
  const frame = framer.open(await framer.encode(head, value));
  return { value: frame && (await framer.read(frame)), frame, counts: framer.counts() };
}

/** The record with other bytes in it, and a checksum that fits. */
function edited(bytes: Uint8Array, edit: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  edit(copy);
  copy.writeUInt32LE(crc32(copy.subarray(12), crc32(copy.subarray(0, 8))), 8);
  return copy;
}

const own: Serializer = {
  id: 16,
  encode: (value) => Buffer.from(`own:${String(value)}`),
  decode: (bytes) => Buffer.from(bytes).toString().slice(4),
};

describe("a record", () => {
  it("gives back head and value", async () => {
    const { value, frame } = await throughOf({ a: [1, null, "é"] });
    expect(value).toEqual({ a: [1, null, "é"] });
    expect(frame).toMatchObject(head);
  });

  it("that never expires, without tags", async () => {
    const framer = new Framer();
    const frame = framer.open(await framer.encode({ ...head, expiresMs: null, tags: [], loadMs: -1 }, 0));
    expect(frame).toMatchObject({ expiresMs: null, tags: [], loadMs: 0, epoch: head.epoch });
  });

  it("of nothing is negative, and has no payload", async () => {
    const framer = new Framer({ serializer: "raw" });
    const frame = framer.open(await framer.encode({ ...head, isNegative: true }, undefined));
    expect(frame?.isNegative).toBe(true);
    expect(frame?.payload.length).toBe(0);
    expect(frame && framer.read(frame)).toBe(null);
  });

  it("may stand in the middle of other bytes", async () => {
    const framer = new Framer();
    const bytes = await framer.encode(head, "v");
    const around = Buffer.concat([Buffer.alloc(3, 7), bytes, Buffer.alloc(3, 7)]);
    const frame = framer.open(new Uint8Array(around.buffer, around.byteOffset + 3, bytes.length));
    expect(frame && framer.read(frame)).toBe("v");
  });

  it("is the same for every value that JSON holds", async () => {
    const framers = [new Framer(), new Framer({ compression: "gzip", compressAbove: 0 })];
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        for (const framer of framers) expect((await throughOf(value, {}, framer)).value).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  it("refuses a tag that is too long", () => {
    throws(() => new Framer().encode({ ...head, tags: ["x".repeat(40_000)] }, 1), "InvalidArgumentError");
  });
});

describe("serializers", () => {
  it("structured keeps what structuredClone does", async () => {
    const value = {
      map: new Map([[1, new Set(["a"])]]),
      big: 10n,
      date: new Date(0),
      bytes: new Uint8Array([1]),
    };
    expect((await throughOf(value, { serializer: "structured" })).value).toEqual(value);
  });

  it("raw keeps bytes, and takes nothing else", async () => {
    const { value } = await throughOf(Uint8Array.of(0, 255), { serializer: "raw" });
    expect([...(value as Uint8Array)]).toEqual([0, 255]);
    throws(() => new Framer({ serializer: "raw" }).encode(head, "text"), "SerializationError");
  });

  it("json refuses what it has no way to write", () => {
    for (const value of [() => 1, 1n, Symbol("a"), undefined])
      throws(() => new Framer().encode(head, value), "SerializationError");
  });

  it("one's own is used, and unknown to others", async () => {
    const { value } = await throughOf("x", { serializer: own });
    expect(value).toBe("x");
    const stranger = new Framer();
    expect(stranger.open(await new Framer({ serializer: own }).encode(head, "x"))).toBe(undefined);
    expect(stranger.counts().unreadable).toBe(1);
    const reader = new Framer({ reads: [own] });
    expect(reader.open(await new Framer({ serializer: own }).encode(head, "x"))).toBeDefined();
  });

  it("structured is not read where it is not named", async () => {
    const bytes = await new Framer({ serializer: "structured" }).encode(head, 1);
    expect(new Framer().open(bytes)).toBe(undefined);
    expect(new Framer({ reads: ["structured"] }).open(bytes)).toBeDefined();
  });

  it("one that fails to read makes a miss", async () => {
    for (const decode of [
      () => {
        throw new Error("broken");
      },
      () => undefined,
    ]) {
      const { value, counts } = await throughOf("x", { serializer: { ...own, decode } });
      expect(value).toBe(undefined);
      expect(counts.unreadable).toBe(1);
    }
  });

  it("two with one id are refused, as are ids that are ours", () => {
    throws(() => new Framer({ serializer: own, reads: [{ ...own }] }), "InvalidOptionError");
    throws(() => new Framer({ serializer: { ...own, id: 1 } }), "InvalidOptionError");
    throws(() => new Framer({ serialiser: "json" } as FrameOptions), {
      name: "InvalidOptionError",
      says: ["serializer"],
    });
  });
});

describe("compression", () => {
  for (const compression of ["gzip", "brotli"] as const) {
    for (const times of [1, 20]) {
      it(`${compression} of ${times * text.length} characters`, async () => {
        const long = text.repeat(times);
        const { value, frame, counts } = await throughOf(long, { compression });
        expect(value).toBe(long);
        expect(counts.compressed).toBe(1);
        expect(frame?.payload.length).toBeLessThan(long.length / 4);
      });
    }

    it(`${compression} is read by those who do not write it`, async () => {
      const bytes = await new Framer({ compression }).encode(head, text);
      const reader = new Framer();
      const frame = reader.open(bytes);
      expect(frame && (await reader.read(frame))).toBe(text);
    });
  }

  it("leaves small values, and those that do not shrink", async () => {
    expect((await throughOf("short", { compression: "gzip" })).frame?.compression).toBe(0);
    const noise = Uint8Array.from({ length: 9_000 }, () => Math.floor(Math.random() * 256));
    const options: FrameOptions = { compression: "gzip", serializer: "raw", compressAbove: 0 };
    const { value, frame } = await throughOf(noise, options);
    expect(frame?.compression).toBe(0);
    expect(value).toEqual(Buffer.from(noise));
  });

  it("of one's own may be asynchronous", async () => {
    const compressor = {
      id: 16,
      compress: async (bytes: Uint8Array) => gzipSync(bytes),
      decompress: async () => Buffer.from(JSON.stringify(text)),
    };
    expect((await throughOf(text, { compression: compressor })).value).toBe(text);
    const failing = { ...compressor, decompress: () => Promise.reject(new Error("broken")) };
    const { value, counts } = await throughOf(text, { compression: failing });
    expect([value, counts.unreadable]).toEqual([undefined, 1]);
  });

  it("never makes more than the head says, nor the head more than the bound", async () => {
    for (const size of [20_000, 5_000_000]) {
      const bomb = await new Framer({ serializer: "raw", compression: "gzip" }).encode(
        head,
        Buffer.alloc(size),
      );
      const reader = new Framer({ maxValueSize: size - 1 });
      expect(reader.open(bomb)).toBe(undefined);
      expect(reader.counts().tooLarge).toBe(1);
      for (const claimed of [0, 1, size - 1, size + 1]) {
        const liar = new Framer();
        const frame = liar.open(edited(bomb, (copy) => copy.writeUInt32LE(claimed, 40)));
        expect(frame && (await liar.read(frame))).toBe(undefined);
        expect(liar.counts().unreadable).toBe(1);
      }
    }
  });

  it("stops where more comes out than was said", async () => {
    for (const name of ["gzip", "brotli"] as const) {
      const { compress, decompress } = compressor(name);
      const bomb = await compress(Buffer.alloc(5_000_000));
      for (const claimed of [0, 100, 100_000])
        await expect((async () => decompress(bomb, claimed))(), name).rejects.toThrow(/larger than/);
    }
  });

  it("a value that is too long is not written", () => {
    throws(() => new Framer({ maxValueSize: 10 }).encode(head, "longer than that"), "ValueTooLargeError");
  });
});

describe("what cannot be read is a miss that is counted", () => {
  it("bytes of others", () => {
    const framer = new Framer();
    const others = ["", "{}", '{"a":1}', "\x1f\x8b", "*1\r\n$4\r\nPING\r\n", "x".repeat(1_000)];
    for (const other of others) expect(framer.open(Buffer.from(other))).toBe(undefined);
    expect(framer.counts().foreign).toBe(others.length);
  });

  it("another version, although its checksum fits", async () => {
    const framer = new Framer();
    const bytes = await framer.encode(head, 1);
    for (const version of [0, 2, 255])
      expect(framer.open(edited(bytes, (copy) => void copy.fill(version, 4, 5)))).toBe(undefined);
    expect(framer.counts().version).toBe(3);
  });

  it("unknown flags, serializers and compressors, although the checksum fits", async () => {
    const framer = new Framer();
    const bytes = await framer.encode(head, 1);
    for (const [at, value] of [
      [5, 2],
      [5, 129],
      [6, 0],
      [6, 77],
      [7, 200],
    ])
      expect(framer.open(edited(bytes, (copy) => void copy.fill(value, at, at + 1)))).toBe(undefined);
    expect(framer.counts()).toMatchObject({ damaged: 2, unreadable: 3 });
  });

  it("tags that go beyond the end, although the checksum fits", async () => {
    const framer = new Framer();
    const bytes = await framer.encode({ ...head, tags: ["a"] }, 1);
    for (const [at, value] of [
      [44, 9],
      [46, 900],
      [46, 0x7fff],
    ])
      expect(framer.open(edited(bytes, (copy) => void copy.writeUInt16LE(value, at)))).toBe(undefined);
    expect(framer.counts().damaged).toBe(3);
  });

  it("each byte changed, in each way", async () => {
    const framer = new Framer();
    const bytes = await framer.encode({ ...head, tags: ["a", "\ud800"] }, { a: 1 });
    for (let at = 0; at < bytes.length; at++) {
      for (let change = 1; change < 256; change++) {
        const copy = Uint8Array.from(bytes);
        copy[at] ^= change;
        expect(framer.open(copy) === undefined, `byte ${at} ^ ${change}`).toBe(true);
      }
    }
    const { foreign, version, damaged } = framer.counts();
    expect(foreign + version + damaged).toBe(bytes.length * 255);
  });

  it("each length that is shorter, and longer ones", async () => {
    const framer = new Framer();
    const bytes = await framer.encode({ ...head, tags: ["a"] }, { a: 1 });
    for (let length = 0; length < bytes.length; length++)
      expect(framer.open(bytes.subarray(0, length))).toBe(undefined);
    expect(framer.open(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe(undefined);
  });

  it("arbitrary bytes, also behind a head and a checksum that fit", async () => {
    const framer = new Framer({ serializer: "structured" });
    const good = await framer.encode({ ...head, tags: [] }, 1);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 200 }), fc.nat(50), async (noise, from) => {
        expect(framer.open(noise)).toBe(undefined);
        const start = Math.max(5, from);
        const made = edited(Buffer.concat([good.subarray(0, Math.max(46, start)), noise]), (copy) =>
          copy.set(noise.subarray(0, Math.max(0, copy.length - start)), start),
        );
        const frame = framer.open(made);
        if (frame !== undefined) await framer.read(frame);
      }),
      { numRuns: 2_000 },
    );
  });
});
