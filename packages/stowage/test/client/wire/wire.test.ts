/** Texts that are sent, and what answers say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyOf, nameOf, refusalIn, refusedError, resultsIn } from "../../../src/client/wire/batch-body.js";
import {
  counterOperation,
  deleteOperation,
  entryOperation,
  expireOperation,
  getOperation,
  hasOperation,
  persistOperation,
  setOperation,
  touchOperation,
  ttlOperation,
} from "../../../src/client/wire/operations.js";
import { countBytes, utf8Length } from "../../../src/client/wire/utf8-length.js";
import { responseOf } from "../batch/world.js";

const key = fc.string({ unit: "binary", maxLength: 20 });

describe("an operation", () => {
  it("is JSON that says what was meant, whatever the key and the value", () => {
    fc.assert(
      fc.property(key, fc.jsonValue(), (key, value) => {
        const said = (operation: { text: string }): unknown => JSON.parse(operation.text);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(said(getOperation("get", key))).toEqual({ op: "get", key });
        expect(said(entryOperation("entry", key))).toEqual({ op: "get", key, meta: true });
        expect(said(hasOperation(key))).toEqual({ op: "has", key });
        expect(said(ttlOperation(key))).toEqual({ op: "ttl", key });
        expect(said(touchOperation(key))).toEqual({ op: "touch", key });
        expect(said(persistOperation(key))).toEqual({ op: "persist", key });
        expect(said(expireOperation(key, 5))).toEqual({ op: "expire", key, ttl: 5 });
        expect(said(deleteOperation("delete", key, "7"))).toEqual({ op: "delete", key, ifVersion: "7" });
        expect(said(setOperation("set", key, value, {}))).toEqual({ op: "set", key, value: plain });
        expect(
          said(setOperation("set", key, value, { ttl: null, grace: 1, tags: [key], ifAbsent: true })),
        ).toEqual({ op: "set", key, value: plain, ttl: null, grace: 1, tags: [key], ifAbsent: true });
        expect(said(counterOperation("decr", key, { amount: -1.5, default: 2, ttl: 3 }))).toEqual({
          op: "decr",
          key,
          amount: -1.5,
          default: 2,
          ttl: 3,
        });
      }),
    );
  });

  it("may be repeated unless twice is not as good as once", () => {
    const repeatable = [getOperation("", "a"), deleteOperation("", "a"), setOperation("", "a", 1, {})];
    const not = [
      counterOperation("incr", "a", {}),
      setOperation("", "a", 1, { ifAbsent: true }),
      setOperation("", "a", 1, { ifVersion: "1" }),
      deleteOperation("", "a", "1"),
    ];
    expect(repeatable.map(({ isRepeatable }) => isRepeatable)).toEqual([true, true, true]);
    expect(not.map(({ isRepeatable }) => isRepeatable)).toEqual([false, false, false, false]);
  });
});

describe("a batch", () => {
  const operations = [getOperation("get", "a"), setOperation("set", 'b"', 1, {})];

  it("is one body, and is called by its operations", () => {
    expect(JSON.parse(bodyOf(operations))).toEqual({
      operations: [
        { op: "get", key: "a" },
        { op: "set", key: 'b"', value: 1 },
      ],
    });
    expect(nameOf(operations)).toBe("a batch of 2 operations");
    expect(nameOf([operations[1]])).toBe('set "b\\""');
    expect(nameOf([getOperation("get", "k".repeat(500))]).length).toBeLessThan(80);
  });

  it("has results only where there are as many objects as operations", () => {
    expect(resultsIn('{"results":[{"value":1},{}]}', 2)).toEqual([{ value: 1 }, {}]);
    for (const text of [
      "",
      "[]",
      "{}",
      '{"results":[{}]}',
      '{"results":[{},null]}',
      '{"results":[{},[1]',
      "7",
    ])
      expect(resultsIn(text, 2), text).toBeUndefined();
  });

  it("that is refused says why, as far as the answer does", () => {
    const refusal = (body: unknown) => refusalIn(responseOf(400, body));
    expect(refusal({ error: "no", message: "such key", code: "c", index: 3 })).toEqual({
      said: "no: such key",
      serverCode: "c",
      index: 3,
    });
    expect(refusal("<html>\n<b>Bad gateway")).toEqual({ said: "<html>", serverCode: "", index: undefined });
    expect(refusal("")).toMatchObject({ said: "nothing" });
    expect(refusal({ error: 5, index: "1" })).toMatchObject({ index: undefined });
    const error = refusedError("http://a", "get", {
      ...responseOf(429, { error: "slow down" }),
      header: (name) => (name === "retry-after" ? "7" : undefined),
    });
    expect(error).toMatchObject({ status: 429, retryAfterMs: 7_000, node: "http://a" });
    expect(refusedError("http://a", "get", responseOf(401, "")).message).toContain("STOWAGE_TOKEN");
  });
});

describe("the length of a text in UTF-8", () => {
  it("is what Node says, also where there is no Node", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("", "\ud800", "\udfff", "é\udc00\ud800"),
        (a, b) => {
          const text = a + b + a;
          expect(countBytes(text)).toBe(Buffer.byteLength(text));
          expect(utf8Length(text)).toBe(Buffer.byteLength(text));
        },
      ),
    );
  });
});
