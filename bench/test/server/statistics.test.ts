/** The pure parts of the load generator: where answers end, and quantiles. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printed, Workshop } from "./support.js";

const workshop = new Workshop();
let program = "";
beforeAll(() => {
  program = workshop.program();
});
afterAll(() => workshop[Symbol.dispose]());

const framesOf = (by: string, protocol: string, bytes: string) =>
  printed(by, ["frames", protocol], Buffer.from(bytes, "latin1")).trim().split("\n").filter(Boolean);

const http = (head: string, content = "") => `HTTP/1.1 ${head}\r\n\r\n${content}`;

/** What comes, and the frames in it: status, length of the head, length of the content. */
const whole: [protocol: string, what: string, bytes: string, frames: string[]][] = [
  ["http", "content-length in any case", http("200 OK\r\nCONTENT-length:  3", "abc"), ["200 39 3"]],
  ["http", "an empty content", http("404 Not Found\r\ncontent-length: 0"), ["404 45 0"]],
  ["http", "no content by its status", http("204 No Content\r\nx: y"), ["204 33 0"]],
  [
    "http",
    "line ends in the content",
    http("200 OK\r\ncontent-length: 8\r\na: b", "\r\n\r\n\r\n\r\n"),
    ["200 44 8"],
  ],
  ["resp", "a status", "+OK\r\n", ["0 0 5"]],
  ["resp", "an error", "-ERR no\r\n", ["0 0 9"]],
  ["resp", "a number", ":-12\r\n", ["0 0 6"]],
  ["resp", "a bulk string with line ends", "$4\r\n\r\n\r\n\r\n", ["0 0 10"]],
  ["resp", "nothing", "$-1\r\n", ["0 0 5"]],
  ["resp", "an array with nothing in it", "*3\r\n$1\r\na\r\n$-1\r\n*1\r\n:1\r\n", ["0 0 24"]],
  ["memcached", "one line", "STORED\r\n", ["0 0 8"]],
  ["memcached", "no values", "END\r\n", ["0 0 5"]],
  ["memcached", "values", "VALUE a 0 5\r\nEND\r\n\r\nVALUE b 0 0\r\n\r\nEND\r\n", ["0 0 40"]],
];

describe("answers end", () => {
  it.each(whole)("%s: %s", (protocol, _what, bytes, frames) => {
    expect(framesOf(program, protocol, bytes)).toEqual(frames);
    expect(framesOf(program, protocol, bytes + bytes)).toEqual([...frames, ...frames]);
  });

  it.each(whole)("%s: %s, and not a byte before", (protocol, _what, bytes) => {
    for (let cut = 1; cut < bytes.length; cut++)
      expect(framesOf(program, protocol, bytes.slice(0, cut)), bytes.slice(0, cut)).toEqual(["cut"]);
  });

  const broken: [protocol: string, what: string, bytes: string][] = [
    ["http", "another protocol", "+OK\r\n"],
    ["http", "no length", http("200 OK\r\nx: y")],
    ["http", "a length that is none", http("200 OK\r\ncontent-length: x")],
    ["http", "no status", http("OK")],
    ["resp", "another protocol", "HTTP/1.1 200 OK\r\n"],
    ["resp", "a length that is none", "$x\r\n"],
    ["memcached", "a length that is none", "VALUE a 0 x\r\n"],
  ];
  it.each(broken)("%s: %s has none", (protocol, _what, bytes) => {
    expect(framesOf(program, protocol, bytes)).toEqual(["broken"]);
  });

  it("is looked at by these tests", () => {
    const variant = workshop.variant(
      "framing.c",
      "frame->head + frame->content <= length",
      "frame->head <= length",
    );
    const cut = framesOf(variant, "http", http("200 OK\r\ncontent-length: 3", "ab"));
    expect(cut).not.toEqual(["cut"]);
  });
});

interface Quantiles {
  count: number;
  mean: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

const quantilesOf = (by: string, ns: readonly number[]): Quantiles =>
  JSON.parse(printed(by, ["quantiles"], ns.join("\n")));

/** The smallest value that a share of all does not exceed, in ms. */
function exact(ns: readonly number[], share: number): number {
  const sorted = [...ns].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] / 1e6;
}

/** Of half a cell: 1/256. */
const within = (value: number, wanted: number) => Math.abs(value / wanted - 1) <= 1 / 256;

describe("quantiles", () => {
  /** From nanoseconds to minutes, evenly by magnitude. */
  const spread = Array.from({ length: 20_000 }, (_, i) =>
    Math.floor(10 ** (((i * 7_919) % 20_000) / 1_818) + i / 7),
  );
  const alike = Array.from({ length: 5_000 }, (_, i) => 250_000 + ((i * 31) % 997));
  const samples: [string, number[]][] = [
    ["of many magnitudes", spread],
    ["of much the same", alike],
    ["of one value", [123_456_789]],
  ];

  it.each(samples)("are right to within 0.4 %%: %s", (_what, ns) => {
    const told = quantilesOf(program, ns);
    expect(told.count).toBe(ns.length);
    expect(told.max).toBeCloseTo(Math.max(...ns) / 1e6, 5);
    expect(told.mean).toBeCloseTo(ns.reduce((a, b) => a + b, 0) / ns.length / 1e6, 3);
    const shares = { p50: 0.5, p99: 0.99, p999: 0.999 } as const;
    for (const [name, share] of Object.entries(shares)) {
      const value = told[name as keyof typeof shares];
      expect(within(value, exact(ns, share)), `${name}: ${value}, not ${exact(ns, share)}`).toBe(true);
    }
  });

  it("are 0 of nothing", () => {
    expect(quantilesOf(program, [])).toEqual({ count: 0, mean: 0, p50: 0, p99: 0, p999: 0, max: 0 });
  });

  it("are looked at by these tests", () => {
    const variant = workshop.variant(
      "histogram.c",
      "__builtin_clzll(ns) - HISTOGRAM_PARTS_LOG2",
      "__builtin_clzll(ns) - HISTOGRAM_PARTS_LOG2 + 1",
    );
    expect(within(quantilesOf(variant, spread).p50, exact(spread, 0.5))).toBe(false);
  });
});
