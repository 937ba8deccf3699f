/** Server-sent events, however they are cut: against a naive parser of the whole text. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventStreamParser, type StreamEvent } from "../../../src/client/near/event-stream.js";

const lineEnds = fc.constantFrom("\n", "\r\n", "\r");
const lines = fc.oneof(
  fc.constantFrom(
    "",
    "data: {}",
    "data",
    "data:",
    "data:two",
    "data:  two spaces",
    "event: set",
    "event",
    "id: 12",
    "id",
    "id: 1\0",
    ": comment",
    "retry: 10",
    "unknown: field",
    "data: é\u{1f600}",
    "\ufeffdata: not the first line",
  ),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, "")),
);
const texts = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(lines, lineEnds), { maxLength: 12 }), lines)
  .map(([mark, all, rest]) => (mark ? "\ufeff" : "") + all.map(([line, end]) => line + end).join("") + rest);

/** The rules of HTML, 9.2.6, one after another, with the two differences that the parser names. */
function naive(text: string): StreamEvent[] {
  const complete = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  complete.pop();
  const events: StreamEvent[] = [];
  let block: string[] = [];
  for (const line of complete) {
    if (line !== "") {
      block.push(line);
      continue;
    }
    const fields = block.map(
      (each) => /^([^:]*)(?::? ?)([\s\S]*)$/u.exec(each.includes(":") ? each : `${each}:`) ?? [],
    );
    block = [];
    const of = (name: string) => fields.filter(([, key]) => key === name).map(([, , value]) => value);
    const data = of("data").reduce((joined, value) => (joined === "" ? value : `${joined}\n${value}`), "");
    const type = of("event").at(-1) ?? "";
    const id = of("id")
      .filter((value) => !value.includes("\0"))
      .at(-1);
    if (data !== "" || type !== "" || id !== undefined) events.push({ type, id, data });
  }
  return events;
}

/** A carriage return at the very end may be half of a line end: then what follows is not known yet. */
const settled = (text: string) => fc.pre(!text.endsWith("\r"));

describe("the parser of event streams", () => {
  it("finds what a naive one finds", () => {
    fc.assert(
      fc.property(texts, (text) => {
        settled(text);
        expect(new EventStreamParser().push(text)).toEqual(naive(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds the same however the text is cut", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
        const parser = new EventStreamParser();
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const found = places.slice(1).flatMap((end, index) => parser.push(text.slice(places[index], end)));
        expect(found).toEqual(new EventStreamParser().push(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds each event of the server as soon as it is whole, one character at a time", () => {
    const text =
      'retry: 1000\nid: 7\n\nid: 8\nevent: set\ndata: {"key":"user:1"}\n\nid: 8\nevent: alive\ndata: {"at":1.5}\n\n';
    const parser = new EventStreamParser();
    const found: [number, StreamEvent][] = [];
    [...text].forEach((character, at) => {
      for (const event of parser.push(character)) found.push([at, event]);
    });
    expect(found).toEqual([
      [text.indexOf("\n\n") + 1, { type: "", id: "7", data: "" }],
      [text.indexOf("\n\n", 20) + 1, { type: "set", id: "8", data: '{"key":"user:1"}' }],
      [text.length - 1, { type: "alive", id: "8", data: '{"at":1.5}' }],
    ]);
  });

  it("refuses what grows without an end", () => {
    const endless = (piece: string) => () => {
      const parser = new EventStreamParser();
      for (let n = 0; n < 100; n++) parser.push(piece);
    };
    expect(endless("x".repeat(1_000))).toThrow(RangeError);
    expect(endless(`data: ${"x".repeat(1_000)}\n`)).toThrow(RangeError);
    expect(endless(`data: ${"x".repeat(1_000)}\n\n`)).not.toThrow();
  });
});
