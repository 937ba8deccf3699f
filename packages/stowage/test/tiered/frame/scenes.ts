/** Records: what comes back, what is a miss, and that nothing throws. frame.test.ts runs them, mutants.test.ts shows what they find. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { crc32 } from "../../../src/cache/persist/crc32.js";
import { identical, ok, same, throws } from "../../../src/testing/check.js";
import { compressor } from "../../../src/tiered/frame/compressors.js";
import {
  type FrameHead,
  type FrameOptions,
  Framer,
  type Serializer,
} from "../../../src/tiered/frame/index.js";
import { scenes } from "../../support/scenes.js";

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

/** All that is said of it holds of the object. */
function has(actual: object | undefined, expected: object): void {
  for (const [name, value] of Object.entries(expected))
    same((actual as Record<string, unknown> | undefined)?.[name], value, name);
}

export const frameScenes = scenes((group, scene) => {
  group("a record", () => {
    scene("gives back head and value", async () => {
      const { value, frame } = await throughOf({ a: [1, null, "é"] });
      same(value, { a: [1, null, "é"] });
      has(frame, head);
    });

    scene("that never expires, without tags", async () => {
      const framer = new Framer();
      const frame = framer.open(await framer.encode({ ...head, expiresMs: null, tags: [], loadMs: -1 }, 0));
      has(frame, { expiresMs: null, tags: [], loadMs: 0, epoch: head.epoch });
    });

    scene("that could not be renewed says until when, and how often in a row", async () => {
      const framer = new Framer();
      const paused = { ...head, retryMs: 1_790_000_090_123, failures: 70_000 };
      has(framer.open(await framer.encode(paused, 0)), { ...paused, failures: 65_535 });
      has(framer.open(await framer.encode(head, 0)), { retryMs: 0, failures: 0 });
    });

    scene("of nothing is negative, and has no payload", async () => {
      const framer = new Framer({ serializer: "raw" });
      const frame = framer.open(await framer.encode({ ...head, isNegative: true }, undefined));
      identical(frame?.isNegative, true);
      identical(frame?.payload.length, 0);
      identical(frame && framer.read(frame), null);
    });

    scene("may stand in the middle of other bytes", async () => {
      const framer = new Framer();
      const bytes = await framer.encode(head, "v");
      const around = Buffer.concat([Buffer.alloc(3, 7), bytes, Buffer.alloc(3, 7)]);
      const frame = framer.open(new Uint8Array(around.buffer, around.byteOffset + 3, bytes.length));
      identical(frame && framer.read(frame), "v");
    });

    scene("is the same for every value that JSON holds", async () => {
      const framers = [new Framer(), new Framer({ compression: "gzip", compressAbove: 0 })];
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          const plain: unknown = JSON.parse(JSON.stringify(value));
          for (const framer of framers) same((await throughOf(value, {}, framer)).value, plain);
        }),
        { numRuns: 150 },
      );
    });

    scene("refuses a tag that is too long", () => {
      throws(() => new Framer().encode({ ...head, tags: ["x".repeat(40_000)] }, 1), "InvalidArgumentError");
    });
  });

  group("serializers", () => {
    scene("structured keeps what structuredClone does", async () => {
      const value = {
        map: new Map([[1, new Set(["a"])]]),
        big: 10n,
        date: new Date(0),
        bytes: new Uint8Array([1]),
      };
      same((await throughOf(value, { serializer: "structured" })).value, value);
    });

    scene("raw keeps bytes, and takes nothing else", async () => {
      const { value } = await throughOf(Uint8Array.of(0, 255), { serializer: "raw" });
      same([...(value as Uint8Array)], [0, 255]);
      throws(() => new Framer({ serializer: "raw" }).encode(head, "text"), "SerializationError");
    });

    scene("json refuses what it has no way to write", () => {
      for (const value of [() => 1, 1n, Symbol("a"), undefined])
        throws(() => new Framer().encode(head, value), "SerializationError");
    });

    scene("one's own is used, and unknown to others", async () => {
      const { value } = await throughOf("x", { serializer: own });
      identical(value, "x");
      const stranger = new Framer();
      identical(stranger.open(await new Framer({ serializer: own }).encode(head, "x")), undefined);
      identical(stranger.counts().unreadable, 1);
      const reader = new Framer({ reads: [own] });
      ok(reader.open(await new Framer({ serializer: own }).encode(head, "x")) !== undefined, "there is none");
    });

    scene("structured is not read where it is not named", async () => {
      const bytes = await new Framer({ serializer: "structured" }).encode(head, 1);
      identical(new Framer().open(bytes), undefined);
      ok(new Framer({ reads: ["structured"] }).open(bytes) !== undefined, "there is none");
    });

    scene("one that fails to read makes a miss", async () => {
      for (const decode of [
        () => {
          throw new Error("broken");
        },
        () => undefined,
      ]) {
        const { value, counts } = await throughOf("x", { serializer: { ...own, decode } });
        identical(value, undefined);
        identical(counts.unreadable, 1);
      }
    });

    scene("two with one id are refused, as are ids that are ours", () => {
      throws(() => new Framer({ serializer: own, reads: [{ ...own }] }), "InvalidOptionError");
      throws(() => new Framer({ serializer: { ...own, id: 1 } }), "InvalidOptionError");
      throws(() => new Framer({ serialiser: "json" } as FrameOptions), {
        name: "InvalidOptionError",
        says: ["serializer"],
      });
    });
  });

  group("compression", () => {
    for (const compression of ["gzip", "brotli"] as const) {
      for (const times of [1, 20]) {
        scene(`${compression} of ${times * text.length} characters`, async () => {
          const long = text.repeat(times);
          const { value, frame, counts } = await throughOf(long, { compression });
          identical(value, long);
          identical(counts.compressed, 1);
          ok((frame?.payload.length ?? 1e9) < long.length / 4, "not compressed");
        });
      }

      scene(`${compression} is read by those who do not write it`, async () => {
        const bytes = await new Framer({ compression }).encode(head, text);
        const reader = new Framer();
        const frame = reader.open(bytes);
        identical(frame && (await reader.read(frame)), text);
      });
    }

    scene("leaves small values, and those that do not shrink", async () => {
      identical((await throughOf("short", { compression: "gzip" })).frame?.compression, 0);
      const noise = Uint8Array.from({ length: 9_000 }, () => Math.floor(Math.random() * 256));
      const options: FrameOptions = { compression: "gzip", serializer: "raw", compressAbove: 0 };
      const { value, frame } = await throughOf(noise, options);
      identical(frame?.compression, 0);
      same(value, Buffer.from(noise));
    });

    scene("of one's own may be asynchronous", async () => {
      const compressor = {
        id: 16,
        compress: async (bytes: Uint8Array) => gzipSync(bytes),
        decompress: async () => Buffer.from(JSON.stringify(text)),
      };
      identical((await throughOf(text, { compression: compressor })).value, text);
      const failing = { ...compressor, decompress: () => Promise.reject(new Error("broken")) };
      const { value, counts } = await throughOf(text, { compression: failing });
      same([value, counts.unreadable], [undefined, 1]);
    });

    scene("never makes more than the head says, nor the head more than the bound", async () => {
      for (const size of [20_000, 5_000_000]) {
        const bomb = await new Framer({ serializer: "raw", compression: "gzip" }).encode(
          head,
          Buffer.alloc(size),
        );
        const reader = new Framer({ maxValueSize: size - 1 });
        identical(reader.open(bomb), undefined);
        identical(reader.counts().tooLarge, 1);
        for (const claimed of [0, 1, size - 1, size + 1]) {
          const liar = new Framer();
          const frame = liar.open(edited(bomb, (copy) => copy.writeUInt32LE(claimed, 40)));
          identical(frame && (await liar.read(frame)), undefined);
          identical(liar.counts().unreadable, 1);
        }
      }
    });

    scene("stops where more comes out than was said", async () => {
      for (const name of ["gzip", "brotli"] as const) {
        const { compress, decompress } = compressor(name);
        const bomb = await compress(Buffer.alloc(5_000_000));
        for (const claimed of [0, 100, 100_000]) {
          const error = await (async () => decompress(bomb, claimed))().then(() => "nothing", String);
          ok(error.includes("larger than"), `${name}: ${error}`);
        }
      }
    });

    scene("a value that is too long is not written", () => {
      throws(() => new Framer({ maxValueSize: 10 }).encode(head, "longer than that"), "ValueTooLargeError");
    });
  });

  group("what cannot be read is a miss that is counted", () => {
    scene("bytes of others", () => {
      const framer = new Framer();
      const others = ["", "{}", '{"a":1}', "\x1f\x8b", "*1\r\n$4\r\nPING\r\n", "x".repeat(1_000)];
      for (const other of others) identical(framer.open(Buffer.from(other)), undefined);
      identical(framer.counts().foreign, others.length);
    });

    scene("another version, although its checksum fits", async () => {
      const framer = new Framer();
      const bytes = await framer.encode(head, 1);
      for (const version of [0, 2, 255])
        identical(framer.open(edited(bytes, (copy) => void copy.fill(version, 4, 5))), undefined);
      identical(framer.counts().version, 3);
    });

    scene("unknown flags, serializers and compressors, although the checksum fits", async () => {
      const framer = new Framer();
      const bytes = await framer.encode(head, 1);
      for (const [at, value] of [
        [5, 2],
        [5, 129],
        [6, 0],
        [6, 77],
        [7, 200],
      ])
        identical(framer.open(edited(bytes, (copy) => void copy.fill(value, at, at + 1))), undefined);
      has(framer.counts(), { damaged: 2, unreadable: 3 });
    });

    scene("tags that go beyond the end, although the checksum fits", async () => {
      const framer = new Framer();
      const bytes = await framer.encode({ ...head, tags: ["a"] }, 1);
      for (const [at, value] of [
        [54, 9],
        [56, 900],
        [56, 0x7fff],
      ])
        identical(framer.open(edited(bytes, (copy) => void copy.writeUInt16LE(value, at))), undefined);
      identical(framer.counts().damaged, 3);
    });

    scene("each byte changed, in each way", async () => {
      const framer = new Framer();
      const bytes = await framer.encode({ ...head, tags: ["a", "\ud800"] }, { a: 1 });
      for (let at = 0; at < bytes.length; at++) {
        for (let change = 1; change < 256; change++) {
          const copy = Uint8Array.from(bytes);
          copy[at] ^= change;
          identical(framer.open(copy) === undefined, true, `byte ${at} ^ ${change}`);
        }
      }
      const { foreign, version, damaged } = framer.counts();
      identical(foreign + version + damaged, bytes.length * 255);
    });

    scene("each length that is shorter, and longer ones", async () => {
      const framer = new Framer();
      const bytes = await framer.encode({ ...head, tags: ["a"] }, { a: 1 });
      for (let length = 0; length < bytes.length; length++)
        identical(framer.open(bytes.subarray(0, length)), undefined);
      identical(framer.open(Buffer.concat([bytes, Buffer.alloc(1)])), undefined);
    });

    scene("arbitrary bytes, also behind a head and a checksum that fit", async () => {
      const framer = new Framer({ serializer: "structured" });
      const good = await framer.encode({ ...head, tags: [] }, 1);
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 200 }), fc.nat(60), async (noise, from) => {
          identical(framer.open(noise), undefined);
          const start = Math.max(5, from);
          const made = edited(Buffer.concat([good.subarray(0, Math.max(56, start)), noise]), (copy) =>
            copy.set(noise.subarray(0, Math.max(0, copy.length - start)), start),
          );
          const frame = framer.open(made);
          if (frame !== undefined) await framer.read(frame);
        }),
        { numRuns: 2_000 },
      );
    });
  });
});
