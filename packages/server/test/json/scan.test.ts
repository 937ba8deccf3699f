/** The scanner takes exactly what JSON.parse takes, and says where it stops. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEPTH_MAX, JsonError, JsonScanner } from "../../src/json/scan.js";

const scanner = new JsonScanner();

function scan(text: string): void {
  scanner.begin(Buffer.from(text));
  scanner.value();
  scanner.finish();
}

function isJson(text: string): boolean {
  try {
    scan(text);
    return true;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("JSON", () => {
  const good = [
    "0",
    "-0",
    "1.5e+10",
    "1E5",
    "-12.0e-3",
    '""',
    '"\\u00e4\\n\\/"',
    "true",
    "false",
    "null",
    "[]",
    "{}",
    " [ 1 , 2 ] ",
    '{"a":{"b":[{}]}}',
    '"\u007f\u2028"',
    '{"":1,"":2}',
    "[[[]],[{}]]",
  ];
  const bad = [
    "",
    " ",
    "01",
    "-",
    "+1",
    "1.",
    ".5",
    "1e",
    "1e+",
    "NaN",
    "Infinity",
    "'a'",
    '"',
    '"\\',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12"',
    '"\n"',
    '"\0"',
    "tru",
    "nul",
    "truee",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,]",
    "[1 2]",
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    "{1:2}",
    "{a:1}",
    '{"a" 1}',
    "]",
    "}",
    "[}",
    "{]",
    "[]]",
    "1 2",
    "[1}",
    "//",
    "\ufeff1",
  ];
  for (const text of good) it(`takes ${text}`, () => scan(text));
  for (const text of bad)
    it(`refuses ${JSON.stringify(text)}`, () => expect(() => scan(text)).toThrow(JsonError));

  it("agrees with JSON.parse on all of these", () => {
    for (const text of [...good, ...bad]) expect([text, isJson(text)]).toEqual([text, parses(text)]);
  });

  it("agrees with JSON.parse on any JSON, spaced at random", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom("", " ", "\n\t", "\r"), (text, space) => {
        expect(
          isJson(text.replaceAll(/([[{:,\]}])(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, `${space}$1${space}`)),
        ).toBe(true);
      }),
    );
  });

  it("agrees with JSON.parse on JSON that was damaged", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(200),
        fc.nat(3),
        fc.constantFrom("", "\\", '"', ",", "]", "}", "{", "0", "e", ".", "-", " ", "\0"),
        (text, at, length, put) => {
          const damaged = text.slice(0, at) + put + text.slice(at + length);
          expect(isJson(damaged)).toBe(parses(damaged));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("stops where the value ends, and says what is wrong where", () => {
    scanner.begin(Buffer.from('{"a": [1, 2] , "b":3}'));
    scanner.value();
    expect(scanner.at).toBe(21);
    const cases: [text: string, message: string][] = [
      ['{"a":1 "b":2}', '"," or "}" is missing at byte 7'],
      ["[1,]", "a value is missing at byte 3"],
      ['["a', "the text ends too soon at byte 3"],
      ["", "the text ends too soon at byte 0"],
      ["1 2", "something follows the value at byte 2"],
      ['"a\nb"', "a control character stands in a string, where it has to be escaped at byte 2"],
    ];
    for (const [text, message] of cases)
      expect(() => scan(text)).toThrow(
        new JsonError(message.replace(/ at byte \d+$/, ""), Number(message.match(/\d+$/)?.[0])),
      );
  });

  it("refuses what is nested too deep, and takes what is just not", () => {
    expect(() => scan("[".repeat(DEPTH_MAX) + "]".repeat(DEPTH_MAX))).not.toThrow();
    expect(() => scan("[".repeat(1_000_000))).toThrow("it is nested more than 512 deep");
  });

  it("tells whether there is anything beyond ASCII in strings", () => {
    for (const [text, wide] of [
      ['{"a":["b",1]}', false],
      ['{"ä":1}', true],
      ['["a","b","c\u20ac"]', true],
      ['"\\u00e4\u007f"', false],
    ] as const) {
      scan(text);
      expect([text, scanner.wide]).toEqual([text, wide]);
    }
  });

  it("tells whether a string has escapes", () => {
    scanner.begin(Buffer.from('"a\\nb" "c"'));
    scanner.string();
    expect(scanner.escaped).toBe(true);
    scanner.string();
    expect(scanner.escaped).toBe(false);
  });
});
