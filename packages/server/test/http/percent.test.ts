/** Queries agree with URLSearchParams where these are well-formed, and are refused where they are not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../../src/http/fault.js";
import { decodePercent, queryParam } from "../../src/http/percent.js";

describe("percent-encoded text", () => {
  it("agrees with URLSearchParams on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const well = Buffer.from(text).toString();
        const encoded = new URLSearchParams({ key: well }).toString().slice(4);
        expect(decodePercent(encoded, "it", true)).toBe(well);
      }),
    );
  });

  it("agrees with encodeURIComponent, where plus is a plus", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodePercent(encodeURIComponent(text).replaceAll("%2B", "+"), "it", false)).toBe(text);
      }),
    );
  });

  it("takes the last of several parameters, as URLSearchParams lists them", () => {
    const name = fc.constantFrom("key", "k%65y", "kex", "", "key+", "prefix");
    const value = fc.constantFrom("a", "", "a=b", "%41", "+", "%C3%BC");
    const pairs = fc.array(
      fc.oneof(
        fc.tuple(name, value),
        name.map((only) => [only] as const),
      ),
    );
    fc.assert(
      fc.property(pairs, (list) => {
        const query = list.map((pair) => pair.join("=")).join("&");
        expect(queryParam(query, "key")).toBe(new URLSearchParams(query).getAll("key").at(-1));
      }),
    );
  });

  it("either gives a text or refuses, whatever comes", () => {
    const unit = fc.constantFrom("%", "4", "F", "f", "g", "+", "c3", "%80", "%c3", "%BC", "=");
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = units.join("");
        try {
          const decoded = decodePercent(text, "it", true);
          expect(decoded).toBe(decodeURIComponent(text.replaceAll("+", " ")));
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect(() => decodeURIComponent(text)).toThrow();
        }
      }),
    );
  });

  it("reads a name that stands first, last, alone, without a value, or as a part of another", () => {
    for (const query of [
      "key=a",
      "x=1&key=a",
      "key=a&x=1",
      "keys=1&key=a",
      "x=key&key=a&",
      "&key=a",
      "k%65y=a",
    ])
      expect(queryParam(query, "key"), query).toBe("a");
    for (const query of ["key", "key=", "x&key", "key&x=1"]) expect(queryParam(query, "key"), query).toBe("");
    for (const query of ["", "&", "ke=y", "keys=1", "x=key", "KEY=a"])
      expect(queryParam(query, "key"), query).toBeUndefined();
  });

  it("says what is wrong, where", () => {
    expect(() => decodePercent("ab%4", 'the query parameter "key"', true)).toThrow(
      'the query parameter "key" has a "%" at position 2 that two hexadecimal digits have to follow',
    );
    expect(() => queryParam("key=%ff", "key")).toThrow('the query parameter "key" must be UTF-8');
  });
});
