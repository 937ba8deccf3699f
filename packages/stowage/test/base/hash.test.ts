/** hashArguments: equal texts exactly for deeply, strictly equal arguments. */
import { isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/base/errors.js";
import { hashArguments } from "../../src/base/hash.js";

const holed = [1, 0, 1];
delete holed[1];

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(
      0,
      -0,
      1,
      NaN,
      "",
      "1",
      "n1;",
      1n,
      true,
      null,
      undefined,
      new Date(1),
      new Date(NaN),
      /a/g,
      /a/,
    ),
    fc.string({ maxLength: 2 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "__proto__", "0", ""), tie("value"), { maxKeys: 3 }),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom<unknown>("a", 1, 1n, null), tie("value")), {
        maxLength: 3,
        selector: ([k]) => k,
      })
      .map((e) => new Map(e)),
    fc.array(fc.constantFrom<unknown>("a", 1, 1n, null), { maxLength: 3 }).map((members) => new Set(members)),
    fc.constantFrom(
      new Uint8Array(2),
      new Int8Array(2),
      new Uint8Array([1]),
      Buffer.from([1]),
      new Float32Array(1),
    ),
    fc.constantFrom(new Array(1), [undefined], holed),
  ),
})).value;

describe("the promise", () => {
  test("texts are equal exactly when the arguments are deeply, strictly equal", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 3 }), fc.array(values, { maxLength: 3 }), (a, b) => {
        expect(hashArguments(a) === hashArguments(b)).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 3_000 },
    );
  });

  test("a deep copy with properties and members in another order has the same text", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 3 }), (args) => {
        expect(hashArguments(args.map(reordered))).toBe(hashArguments(args));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("distinct lists never share a text", () => {
  const cyclic = (length: number) => {
    const first: unknown[] = [];
    let last = first;
    for (let i = 1; i < length; i++) last = nest(last);
    last.push(first);
    return first;
  };
  const lists: unknown[][] = [
    [],
    [undefined],
    [null],
    [undefined, undefined],
    [0],
    [-0],
    [1],
    ["1"],
    [1n],
    [true],
    ["true"],
    [NaN],
    ["NaN"],
    [Infinity],
    ["ab", "c"],
    ["a", "bc"],
    ["abc"],
    ["s1:a"],
    [["a"], "b"],
    [["a", "b"]],
    [[]],
    [[], []],
    [[[]]],
    [{}],
    [Object.create(null)],
    [{ a: undefined }],
    [{ a: 1 }],
    [{ a: "1" }],
    [{ a: { b: 1 } }],
    [{ a: 1, b: 1 }],
    [{ [Symbol.for("ab")]: 1 }],
    [{}, Symbol.for("ab")],
    [Symbol.for("ab")],
    [Symbol.for("")],
    [new Array(1)],
    [[undefined]],
    [Object.assign(["a"], { x: 1 })],
    [["a"]],
    [{ [Symbol.for("")]: true, [Symbol.for("a")]: true, [Symbol.for("b")]: true }],
    [{}, Symbol.for("y0:"), true, Symbol.for("a"), true, Symbol.for("b"), true],
    [new Map()],
    [new Set()],
    [new Map([["a", 1]])],
    [new Map([[1, "a"]])],
    [new Set(["a", 1])],
    [new Map([[{ a: 1 }, 1]])],
    [new Date(0)],
    [new Date(NaN)],
    [new Date(0).toISOString()],
    [/a/],
    [/a/g],
    [/a\/g/],
    [new Uint8Array(1)],
    [new Uint8Array(2)],
    [new Int8Array(1)],
    [Buffer.alloc(1)],
    [new ArrayBuffer(1)],
    [new DataView(new ArrayBuffer(1))],
    [new Float64Array([1])],
    [new BigInt64Array([1n])],
    [new URL("http://a/")],
    ["http://a/"],
    ["\ud800"],
    ["\udfff"],
    ["\0"],
    [""],
    [cyclic(1)],
    [cyclic(2)],
    [cyclic(3)],
  ];

  test(`${lists.length} lists, ${lists.length} texts`, () => {
    const texts = lists.map(hashArguments);
    const clashes = texts.flatMap((text, i) =>
      texts.indexOf(text) < i ? [[lists[texts.indexOf(text)], lists[i]]] : [],
    );
    expect(clashes).toEqual([]);
  });

  test("equal lists built anew have the same texts", () => {
    expect(hashArguments([cyclic(3)])).toBe(hashArguments([cyclic(3)]));
    expect(hashArguments([{ b: [1, { d: 1, c: 2 }], a: 1 }])).toBe(
      hashArguments([{ a: 1, b: [1, { c: 2, d: 1 }] }]),
    );
    expect(hashArguments([runInNewContext("({a: [1, {}]})")])).toBe(hashArguments([{ a: [1, {}] }]));
    const view = new Uint8Array([0, 1, 2, 3]);
    expect(hashArguments([view.subarray(1, 3)])).toBe(hashArguments([new Uint8Array([1, 2])]));
  });
});

describe("refusals", () => {
  class User {
    constructor(readonly name: string) {}
  }
  class Names extends Array {}
  test.each<[string, unknown[], string]>([
    ["a function", [() => 1], "argument 0"],
    ["a symbol", ["a", [1, { tag: Symbol("x") }]], "argument 1[1].tag"],
    ["an instance", [{ user: new User("a") }], "argument 0.user"],
    ["an array's subclass", [new Names()], "argument 0"],
    ["a subclass of binary data", [new (class Odd extends Uint8Array {})(1)], "argument 0"],
    ["a boxed number", [Object(1)], "argument 0"],
    ["a promise", [Promise.resolve()], "argument 0"],
    ["a key of a Map", [new Map([[() => 1, 1]])], "argument 0.(key)"],
    ["a symbol as a name", [{ [Symbol("x")]: 1 }], "argument 0"],
  ])("%s, saying where", (_, args, where) => {
    expect(() => hashArguments(args)).toThrow(InvalidArgumentError);
    expect(() => hashArguments(args)).toThrow(`hashArguments: ${where} must be plain data`);
  });

  test("what is too deep, too long, too wide or explodes is refused in good time", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    let shared: unknown = [];
    for (let i = 0; i < 100; i++) shared = [shared, shared];
    const start = performance.now();
    for (const huge of [
      deep,
      shared,
      "x".repeat(2_000_000),
      new Array(4e9),
      new Uint8Array(2_000_000),
      Object.fromEntries([["x".repeat(2e6), 1]]),
    ]) {
      expect(() => hashArguments([huge])).toThrow(InvalidArgumentError);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

function reordered(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].reverse().map(([key, each]) => [key, reordered(each)]));
  if (value instanceof Set) return new Set([...value].reverse());
  if (Array.isArray(value))
    return Object.assign(
      new Array(value.length),
      Object.fromEntries(Object.keys(value).map((i) => [i, reordered(value[Number(i)])])),
    );
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    return value;
  const copy = Object.create(Object.getPrototypeOf(value));
  for (const [name, each] of Object.entries(value).reverse()) {
    Object.defineProperty(copy, name, {
      value: reordered(each),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/** Puts a new array into `outer` and returns it. */
function nest(outer: unknown[]): unknown[] {
  const inner: unknown[] = [];
  outer.push(inner);
  return inner;
}
