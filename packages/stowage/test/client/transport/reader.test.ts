/** The reader of answers: the same however the bytes are cut, an answer or a refusal for any bytes at all. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubtfulAnswers, rightAnswers } from "./scenes/answers.js";
import { cut, type ReadOptions, read } from "./support/read-bytes.js";

const H = "HTTP/1.1";
const corpus = [
  ...Object.values(rightAnswers).map(({ bytes }) => bytes),
  ...Object.values(doubtfulAnswers).filter((bytes) => bytes.length < 2_000),
  `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=1;b="c"\r\nab\r\n01\r\nc\r\n0\r\nX: y\r\n\r\n`,
  `${H} 100 Continue\r\n\r\n${H} 102 Processing\r\n\r\n${H} 200 OK\r\ncontent-length: 1\r\n\r\na`,
  `${H} 200 OK\r\nX: a\r\nx:\tb \r\nContent-Length: 3\r\nconnection: keep-alive, Close\r\n\r\nabcdef`,
  `HTTP/1.0 200 OK\r\nx: \r\n\r\nuntil the end`,
].map((text) => Buffer.from(text, "latin1"));

const options = fc.record<ReadOptions>({
  isHead: fc.boolean(),
  ends: fc.boolean(),
  streams: fc.boolean(),
  bytesMax: fc.constantFrom(4, 1_000),
});

/** Bytes that are nearly an answer: one of the corpus, with some of them changed, left out, or twice. */
const mutated = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(400), fc.constantFrom(..."\r\n :;,0159aAfx\0\x7f\xff"), fc.nat(2)), {
      maxLength: 4,
    }),
  )
  .map(([bytes, changes]) => {
    let text = bytes.toString("latin1");
    for (const [at, char, kind] of changes) {
      const place = at % (text.length + 1);
      const insertion = kind === 2 ? "" : char;
      text = text.slice(0, place) + insertion + text.slice(kind === 0 ? place : place + 1);
    }
    return Buffer.from(text, "latin1");
  });

describe("AnswerReader", () => {
  it("says the same of each answer, cut at any one place", () => {
    for (const bytes of corpus) {
      for (const ends of [false, true]) {
        const whole = read([bytes], { ends });
        for (let at = 0; at <= bytes.length; at++)
          expect(
            read(cut(bytes, [at]), { ends }),
            `${JSON.stringify(bytes.toString("latin1"))} at ${at}`,
          ).toEqual(whole);
      }
    }
  });

  it("says the same of each answer, byte by byte", () => {
    for (const bytes of corpus) {
      const places = [...bytes.keys()];
      for (const isHead of [false, true])
        expect(read(cut(bytes, places), { isHead, ends: true })).toEqual(
          read([bytes], { isHead, ends: true }),
        );
    }
  });

  it("says the same of anything, cut anywhere", () => {
    fc.assert(
      fc.property(mutated, fc.array(fc.nat(400), { maxLength: 5 }), options, (bytes, places, how) => {
        expect(read(cut(bytes, places), how)).toEqual(read([bytes], how));
      }),
      { numRuns: 20_000 },
    );
  });

  it("is not stopped by bytes that are anything", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), options, (bytes, how) => {
        const { kind } = read([Buffer.from(bytes)], { ...how, ends: true });
        // No random bytes begin with a status line.
        if (bytes.length > 0) expect(kind).toBe("refused");
      }),
      { numRuns: 5_000 },
    );
  });

  it("gives a body as it was sent, in chunks of any sizes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 50 }), { maxLength: 8 }),
        fc.array(fc.nat(1_000), { maxLength: 6 }),
        fc.boolean(),
        (parts, places, streams) => {
          const chunks = parts.map((part) => {
            const bytes = Buffer.from(part, "utf8");
            return Buffer.concat([
              Buffer.from(`${bytes.length.toString(16)}\r\n`),
              bytes,
              Buffer.from("\r\n"),
            ]);
          });
          const head = Buffer.from(`${H} 200 OK\r\nx: 1\r\ntransfer-encoding: chunked\r\n\r\n`);
          const all = Buffer.concat([head, ...chunks, Buffer.from("0\r\n\r\n")]);
          const text = Buffer.from(parts.join(""), "utf8").toString("utf8");
          expect(read(cut(all, places), { streams, bytesMax: 10_000 })).toEqual({
            kind: "answer",
            status: 200,
            text,
            fields: "1",
            keepAlive: true,
            isExact: true,
          });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("reserves no memory for a length that is only said", () => {
    const before = process.memoryUsage().arrayBuffers;
    const pieces = [Buffer.from(`${H} 200 OK\r\ncontent-length: 900000000\r\n\r\n`)];
    expect(read(pieces, { bytesMax: 1_000_000_000 }).kind).toBe("more");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it("holds a head to its bound, also one that comes in crumbs", () => {
    const line = Buffer.from("x: y\r\n".repeat(10));
    const pieces = [Buffer.from(`${H} 200 OK\r\n`), ...Array<Buffer>(1_000).fill(line)];
    expect(read(pieces).kind).toBe("refused");
    expect(read([Buffer.from(`${H} 200 `), ...Array<Buffer>(1_000).fill(Buffer.alloc(60, "a"))]).kind).toBe(
      "refused",
    );
  });
});
