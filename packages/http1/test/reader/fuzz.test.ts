/**
 * Any bytes: whatever they are and however they are cut, the reader gives requests or one typed refusal, the same ones, and
 * never throws or reads on after it has refused. From a corpus (fixtures/corpus), put together anew and with bytes changed.
 */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLimits, defaultLimits, refusals } from "../../src/index.js";
import { readInPieces } from "../support/read.js";

const folder = new URL("../fixtures/corpus/", import.meta.url);
const corpus = readdirSync(folder).sort();
const seeds = corpus.map((file) => readFileSync(new URL(file, folder)));
/** So narrow that they bind often. */
const narrow = checkLimits({ requestLine: 24, head: 64, fields: 16 });

const pieces = [
  "GET ",
  "POST ",
  "/",
  " HTTP/1.1\r\n",
  "Host: a\r\n",
  "\r\n",
  "\r",
  "\n",
  " ",
  "\0",
  ":",
  ";",
  "0",
  "5\r\nhello\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
  "Transfer-Encoding: chunked\r\n",
  "0\r\n\r\n",
  "Content-Length: 2\r\n",
  "Connection: close\r\n",
  "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n",
];

const puzzled = fc
  .array(
    fc.oneof(fc.constantFrom(...pieces), fc.string({ minLength: 1, maxLength: 5, unit: "binary-ascii" })),
    { maxLength: 14 },
  )
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

interface Change {
  at: number;
  remove: number;
  insert: Uint8Array;
}

const change = fc.record<Change>({
  at: fc.nat(2_000),
  remove: fc.nat(3),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.constantFrom("\r\n", "\n", "\r", " ", "\t", ",", ":", "\0").map((text) => Buffer.from(text)),
  ),
});

const changed = fc
  .tuple(
    fc.array(fc.constantFrom(...seeds), { minLength: 1, maxLength: 3 }),
    fc.array(change, { maxLength: 4 }),
  )
  .map(([chosen, changes]) => changes.reduce(applyTo, Buffer.concat(chosen)));

function applyTo(bytes: Buffer, { at, remove, insert }: Change): Buffer {
  const start = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
}

function check(bytes: Buffer, cuts: readonly number[], limits = defaultLimits): void {
  const ends = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  const whole = readInPieces(bytes, [], { limits, contentMax: 40 });
  expect(readInPieces(bytes, ends, { limits, contentMax: 40 })).toEqual(whole);
  if (whole.refused !== undefined) expect(Object.keys(refusals)).toContain(whole.refused);
  for (const { method, target } of whole.requests)
    expect(`${method} ${target}`).toMatch(/^[A-Z-]+ [\x21-\x7e]+$/);
}

const cuts = fc.array(fc.nat(2_000), { maxLength: 8 });

describe("any bytes, cut anywhere", () => {
  it.each([
    ["put together", puzzled, 11],
    ["of the corpus, changed", changed, 12],
  ])("%s", (_how, bytes, seed) => {
    fc.assert(
      fc.property(bytes, cuts, (all, at) => check(all, at)),
      { numRuns: 3_000, seed },
    );
    fc.assert(
      fc.property(bytes, cuts, (all, at) => check(all, at, narrow)),
      { numRuns: 3_000, seed: seed + 10 },
    );
  });

  it("of any value", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (all, at) => check(Buffer.from(all), at)),
      {
        numRuns: 2_000,
        seed: 13,
      },
    );
  });
});

describe("the corpus", () => {
  it.each(corpus.map((file, index) => [file, seeds[index]] as const))(
    "%s, byte by byte and at each place",
    (file, bytes) => {
      const whole = readInPieces(bytes, []);
      const each = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
      expect(readInPieces(bytes, each)).toEqual(whole);
      for (const cut of each) expect(readInPieces(bytes, [cut])).toEqual(whole);
      expect(whole.refused === undefined).toBe(!file.startsWith("bad-"));
    },
  );
});
