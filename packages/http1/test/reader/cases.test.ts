/** The reader reads what it should, refuses what it should, and both however the bytes are cut. */
import { describe, expect, it } from "vitest";
import { HttpRequestError, refusals } from "../../src/index.js";
import { accepted, refused } from "./cases.js";
import { acceptedFails, limitsFail, refusedFails, smugglingFails } from "./judge.js";
import { smuggling } from "./smuggling.js";

describe("read", () => {
  for (const row of accepted) it(row[0], () => expect(acceptedFails(row)).toBeUndefined());
});

describe("refused", () => {
  for (const row of refused) {
    const text = row[0].length > 90 ? `${row[0].slice(0, 87)}...` : row[0];
    it(`${row[1]}: ${JSON.stringify(text)}`, () => expect(refusedFails(row)).toBeUndefined());
  }

  it("for every reason but the one that takes time", () => {
    const tried = new Set<string>(refused.map(([, code]) => code));
    const limited = ["LINE_TOO_LONG", "TOO_MANY_FIELDS", "BODY_TOO_LARGE", "TIMEOUT"];
    expect([...tried, ...limited].sort()).toEqual(Object.keys(refusals).sort());
  });

  it("with the status, a code and the rule", () => {
    const error = new HttpRequestError("LENGTH_AND_CODING");
    expect(error).toMatchObject({ status: 400, code: "LENGTH_AND_CODING", rule: "RFC 9112 6.1" });
    expect(error.message).toBe("Content-Length and Transfer-Encoding stand together (RFC 9112 6.1)");
  });

  it("at the limits", () => expect(limitsFail()).toEqual([]));
});

describe("smuggling", () => {
  for (const row of smuggling)
    it(`${row.name} (${row.rule})`, () => expect(smugglingFails(row)).toBeUndefined());
});
