/** What goes out of a frame is what head, id, length and body are, whatever went out before. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FixedAnswer, Frame } from "../../src/http/frame.js";

const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
const pairOf = (pair: number) => digits[Math.floor(pair / 36)] + digits[pair % 36];

describe("a frame", () => {
  it("holds head, id, length and body, one answer after another", () => {
    const answer = fc.record({
      ready: fc.constantFrom("HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ndate: now\r\nx: "),
      pair: fc.nat(1_295),
      value: fc.oneof(
        fc.string({ unit: "grapheme-ascii", maxLength: 120 }),
        fc.constantFrom("y".repeat(89), "y".repeat(90), "y".repeat(1_000)),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom("", "{", '{"value":'),
        fc.array(answer, { maxLength: 8 }),
        (before, answers) => {
          const frame = new Frame(before, 1_000);
          expect(frame.valueAt % 8).toBe(0);
          for (const { ready, pair, value } of answers) {
            const end = frame.valueAt + frame.bytes.latin1Write(`${value}}`, frame.valueAt);
            const body = `${before}${value}}`;
            expect(frame.body(end)).toBe(body);
            expect(frame.lengthTo(end)).toBe(body.length);
            const head = `${ready}${pairOf(pair)}\r\ncontent-length: ${body.length}\r\n\r\n`;
            expect(frame.answer(ready, pair, end)).toBe(head + body);
          }
        },
      ),
    );
  });

  it("has room for a value and no more", () => {
    const frame = new Frame("{", 100);
    expect(frame.room.length - frame.valueAt).toBe(100);
    expect(frame.bytes.length - frame.room.length).toBe(16);
  });

  it("says so when a head does not fit", () => {
    const frame = new Frame("", 10);
    expect(() => frame.answer("x".repeat(600), 0, frame.valueAt)).toThrow(RangeError);
  });
});

describe("an answer that is always the same", () => {
  it("is its tail behind each id", () => {
    const { tails } = new FixedAnswer(200, '{"success":true}');
    expect(tails.length).toBe(1_296);
    for (const pair of [0, 35, 36, 1_295])
      expect(tails[pair]).toBe(`${pairOf(pair)}\r\ncontent-length: 16\r\n\r\n{"success":true}`);
  });
});
