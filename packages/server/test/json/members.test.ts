/** Members are where JSON.parse finds them: the last one of a name, its value to the byte. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindAt, Members, stringAt } from "../../src/json/members.js";
import { quoted } from "../../src/json/quote.js";
import { JsonError, JsonScanner } from "../../src/json/scan.js";

const names = ["key", "value", "ttl"];
const members = new Members(names);
const scanner = new JsonScanner();

/** The texts of the members' values; undefined where there is none. */
function read(text: string): (string | undefined)[] {
  const bytes = Buffer.from(text);
  scanner.begin(bytes);
  members.read(scanner);
  scanner.finish();
  return names.map((_, index) => {
    const start = members.starts[index];
    return start < 0 ? undefined : bytes.toString("utf8", start, members.ends[index]);
  });
}

/** A name as it is, or with one of its characters escaped. */
const written = fc
  .tuple(fc.constantFrom(...names, "kex", "k", "", "keys", "__proto__", "ü"), fc.nat(6))
  .map(([name, at]) => {
    const code = name.charCodeAt(at).toString(16).padStart(4, "0");
    return at < name.length ? `"${name.slice(0, at)}\\u${code}${name.slice(at + 1)}"` : JSON.stringify(name);
  });
const space = fc.constantFrom("", " ", "\n\t", "\r");
const object = fc
  .tuple(fc.array(fc.tuple(written, fc.json({ maxDepth: 3 }))), space)
  .map(
    ([list, gap]) =>
      `${gap}{${gap}${list.map((pair) => pair.join(`${gap}:${gap}`)).join(`${gap},${gap}`)}${gap}}`,
  );

describe("members of an object", () => {
  it("are those that JSON.parse gives", () => {
    fc.assert(
      fc.property(object, (text) => {
        const parsed = JSON.parse(text);
        const expected = names.map((name) => (Object.hasOwn(parsed, name) ? parsed[name] : undefined));
        expect(read(text).map((value) => value && JSON.parse(value))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("are cut to the byte", () => {
    expect(read(' {"value" : [1, 2 ] ,"key":"a\\"b", "x":{"ttl":5}}')).toEqual([
      '"a\\"b"',
      "[1, 2 ]",
      undefined,
    ]);
    expect(read("{}")).toEqual([undefined, undefined, undefined]);
  });

  it("are refused where JSON.parse refuses", () => {
    fc.assert(
      fc.property(
        object,
        fc.nat(60),
        fc.nat(3),
        fc.constantFrom("", ",", "}", "{", '"', ":", "\\"),
        (text, at, length, put) => {
          const damaged = text.slice(0, at) + put + text.slice(at + length);
          let isObject = false;
          try {
            const value = JSON.parse(damaged);
            isObject = typeof value === "object" && value !== null && !Array.isArray(value);
          } catch {}
          if (isObject) expect(() => read(damaged)).not.toThrow();
          else expect(() => read(damaged)).toThrow(JsonError);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("do not outlive their text", () => {
    read('{"key":1}');
    expect(read('{"value":2}')).toEqual([undefined, "2", undefined]);
  });
});

describe("strings", () => {
  it("read as JSON.parse reads them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = Buffer.from(JSON.stringify(text));
        expect(stringAt(bytes, 0, bytes.length)).toBe(JSON.parse(bytes.toString()));
      }),
    );
  });

  it("are quoted as JSON.stringify quotes them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(Buffer.from(quoted(Buffer.from(text)), "latin1").toString()).toBe(JSON.stringify(text));
      }),
    );
  });

  it("are told from other values", () => {
    const kinds = ['""', "{}", "[]", "null", "true", "false", "-1"].map((text) =>
      kindAt(Buffer.from(text), 0),
    );
    expect(kinds).toEqual(["a string", "an object", "an array", "null", "true", "false", "a number"]);
  });
});
