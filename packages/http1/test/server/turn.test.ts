/** What arrives in one turn: who is served when, and that nothing of it is lost. */
import { describe, expect, it } from "vitest";
import { Turn } from "../../src/turn.js";

const PIECE_MAX = 512;
const PIECES_MAX = 64;

function stage(broken = "") {
  const told: string[] = [];
  const seen: string[][] = [];
  const turn = new Turn(
    () => 7,
    (bytes, ranges, count) => {
      const pieces = Array.from({ length: count }, (_, i) =>
        bytes.latin1Slice(ranges[2 * i], ranges[2 * i + 1]),
      );
      seen.push(pieces);
    },
  );
  const member = (name: string) => ({
    takeBytes(bytes: Buffer, start: number, end: number) {
      const text = bytes.latin1Slice(start, end);
      told.push(`${name} ${text.length > 40 ? text.length : text}`);
      turn.add(this, text.length);
      if (text === broken) throw new Error("broken");
    },
    endTurn: () => told.push(`${name} sends`),
  });
  const arrive = (name: string, text: string) => {
    turn.room.write(text, "latin1");
    turn.arrive(member(name), text.length);
  };
  return { turn, told, seen, arrive };
}

const turnOver = () => new Promise((resolve) => setImmediate(resolve));

describe("what arrives in a turn", () => {
  it("is served at its end, in order, and then all send", async () => {
    const { told, seen, arrive } = stage();
    arrive("a", "one");
    arrive("b", "two, a longer one");
    arrive("a", "3");
    expect(told).toEqual([]);
    await turnOver();
    expect(told).toEqual(["a one", "b two, a longer one", "a 3", "a sends", "b sends", "a sends"]);
    expect(seen).toEqual([["one", "two, a longer one", "3"]]);
    arrive("a", "next");
    await turnOver();
    expect(told.slice(6)).toEqual(["a next", "a sends"]);
  });

  it("is kept whole, whatever its length", async () => {
    for (let length = 1; length <= PIECE_MAX; length += 17) {
      const { turn, arrive } = stage();
      const text = Array.from({ length }, (_, at) => String.fromCharCode(33 + (at % 90))).join("");
      let got = "";
      turn.room.write(text, "latin1");
      turn.arrive(
        { takeBytes: (bytes, start, end) => (got = bytes.latin1Slice(start, end)), endTurn: () => undefined },
        length,
      );
      arrive("other", "x".repeat(PIECE_MAX));
      await turnOver();
      expect(got).toBe(text);
    }
  });

  it("does not wait if it is long, and is not served before what waits", () => {
    const { told, arrive } = stage();
    arrive("a", "one");
    arrive("b", "x".repeat(PIECE_MAX + 1));
    expect(told).toEqual(["a one", `b ${PIECE_MAX + 1}`]);
  });

  it("is served, and answered, when no more can wait", () => {
    const { told, arrive } = stage();
    for (let piece = 0; piece < PIECES_MAX; piece++) arrive("a", `${piece}`);
    expect(told).toHaveLength(2 * PIECES_MAX);
    arrive("b", "x");
    expect(told).toHaveLength(2 * PIECES_MAX);
  });

  it.each([
    ["short", "x"],
    ["long", "x".repeat(PIECE_MAX + 1)],
  ])("is not lost when another one's handler throws, and a %s piece follows", async (_, text) => {
    const { told, arrive } = stage("broken");
    for (let piece = 0; piece < PIECES_MAX - 3; piece++) arrive("a", `${piece}`);
    arrive("b", "broken");
    arrive("c", "1");
    expect(() => arrive("d", text)).toThrow("broken");
    arrive("e", "2");
    await turnOver();
    const served = told.filter((what) => !what.endsWith("sends"));
    expect(served.slice(PIECES_MAX - 2)).toEqual(["c 1", `d ${text.length > 1 ? text.length : text}`, "e 2"]);
    expect(told.filter((what) => what.endsWith("sends"))).toHaveLength(served.length);
  });
});
