/** Options: declared once, bound once; every refusal names the option and what would be right. */
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Duration } from "../../src/base/duration.js";
import { InvalidDurationError, InvalidOptionError } from "../../src/base/errors.js";
import * as types from "../../src/base/option-types.js";
import {
  checkNames,
  type Declares,
  declareOptions,
  nested,
  option,
  optionsTable,
} from "../../src/base/options.js";

interface DemoOptions {
  max?: number;
  weigher?: (value: string) => number;
  ttl?: Duration | ((key: string) => Duration) | null;
  enforce?: "always" | { every: Duration; reclaim?: number };
  names?: string[];
  clock?: { now(): number };
  mode?: "a" | "b";
}

const enforceOptions = declareOptions({
  every: option({ type: types.duration, default: 3_000, meaning: "how often" }),
  reclaim: option({ type: types.realNumber({ min: 0, max: 1 }), default: 0.1, meaning: "share given back" }),
});
const ttlType = types.either(
  types.duration,
  types.either(types.functionOf<(key: string) => Duration>("(key)"), types.choice(null)),
);
const specs = {
  max: option<number>({
    type: types.wholeNumber({ min: 1, infinite: true }),
    default: Infinity,
    meaning: "most entries",
  }),
  weigher: option({
    type: types.functionOf<(value: string) => number>("(value, key)"),
    default: undefined,
    meaning: "weight",
  }),
  ttl: option({ type: ttlType, default: null, defaultText: "never expires", meaning: "time to live" }),
  enforce: option({
    type: types.either(types.choice("always"), nested(enforceOptions)),
    default: "always",
    meaning: "when",
  }),
  names: option({
    type: types.listOf(types.nonEmptyText),
    default: Object.freeze([]),
    meaning: "names | more",
  }),
  clock: option({
    type: types.objectWith<{ now(): number }>("a clock", "now"),
    default: undefined,
    meaning: "time",
  }),
  mode: option({ type: types.choice("a", "b"), default: "a", meaning: "mode" }),
} satisfies Declares<DemoOptions>;
const demo = declareOptions(specs, [
  {
    options: ["weigher", "mode"],
    when: (o, given) => given.has("weigher") && o.mode === "b",
    right: 'mode "b" weighs nothing',
  },
]);
const bind = (options?: object) => demo.bind(options, "new Demo");

describe("binding", () => {
  test("nothing given: the defaults, frozen", () => {
    const bound = bind();
    expect(bound).toEqual({
      max: Infinity,
      weigher: undefined,
      ttl: null,
      enforce: "always",
      names: [],
      clock: undefined,
      mode: "a",
    });
    expect(Object.isFrozen(bound)).toBe(true);
    expect(bind({ max: undefined })).toEqual(bound);
  });

  test("values are parsed, nested ones too", () => {
    const weigher = () => 1;
    const bound = bind({
      max: 5,
      ttl: "5m",
      weigher,
      enforce: { every: "1s" },
      names: ["x"],
      mode: "a",
    });
    expect(bound).toMatchObject({
      max: 5,
      ttl: 300_000,
      weigher,
      enforce: { every: 1_000, reclaim: 0.1 },
      names: ["x"],
    });
  });

  test("the type of the record is inferred", () => {
    const bound = bind();
    expectTypeOf(bound.max).toEqualTypeOf<number>();
    expectTypeOf(bound.mode).toEqualTypeOf<"a" | "b">();
    expectTypeOf(bound.weigher).toEqualTypeOf<((value: string) => number) | undefined>();
    expectTypeOf(bound.ttl).toEqualTypeOf<number | ((key: string) => Duration) | null>();
  });

  test("each option is read once, and nothing is written to the caller's object", () => {
    let reads = 0;
    const names = ["x"];
    const given = Object.freeze({
      names,
      get max() {
        return ++reads;
      },
    });
    const bound = bind(given);
    names.push("y");
    expect(bound.max).toBe(1);
    expect(reads).toBe(1);
    expect(bound.names).toEqual(["x"]);
    expect(Object.isFrozen(bound.names)).toBe(true);
  });

  test("options may be inherited", () => {
    expect(bind(Object.create({ max: 7 })).max).toBe(7);
    expect(() => bind(Object.create({ maxx: 7 }))).toThrow('Did you mean "max"?');
  });
});

describe("refusals", () => {
  test.each<[object, string, string]>([
    [{ maxx: 1 }, "maxx", 'new Demo: there is no option "maxx". Did you mean "max"?'],
    [
      { foo: 1 },
      "foo",
      'there is no option "foo". It takes one of max, weigher, ttl, enforce, names, clock, mode.',
    ],
    [{ max: 0 }, "max", 'option "max" must be a whole number of at least 1, or Infinity, got 0.'],
    [{ max: 1.5 }, "max", "got 1.5"],
    [{ max: "5" }, "max", 'got "5"'],
    [{ max: Number.NaN }, "max", "got NaN"],
    [{ max: null }, "max", "got null"],
    [{ weigher: 3 }, "weigher", "must be a function (value, key), got 3"],
    [
      { ttl: "5 minutes" },
      "ttl",
      'new Demo: "ttl" is not a duration: "5 minutes" has spaces in it. Did you mean "5m"?',
    ],
    [{ ttl: true }, "ttl", 'must be a duration such as 5000 or "5m", or a function (key), or null, got true'],
    [{ enforce: "never" }, "enforce", 'must be "always", or an object with every, reclaim, got "never"'],
    [{ enforce: { evry: 1 } }, "enforce.evry", 'Did you mean "enforce.every"?'],
    [{ enforce: { every: 1, reclaim: 2 } }, "enforce.reclaim", "must be a number from 0 to 1, got 2"],
    [{ names: ["a", ""] }, "names", "must be a list, each item a text that is not empty"],
    [{ clock: {} }, "clock", "must be a clock (an object with now), got an object"],
    [{ clock: null }, "clock", "got null"],
    [{ mode: "c" }, "mode", 'must be one of "a", "b", got "c"'],
    [
      { weigher: () => 1, mode: "b" },
      "weigher",
      'options "weigher" and "mode" cannot be used so: mode "b" weighs nothing.',
    ],
    [JSON.parse('{"__proto__": 1}'), "__proto__", 'there is no option "__proto__"'],
    [[], "options", 'option "options" must be an object, got an array of 0'],
    ["max" as unknown as object, "options", 'must be an object, got "max"'],
    [null as unknown as object, "options", "must be an object, got null"],
  ])("%j", (given, name, message) => {
    const error = catchError(() => bind(given));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ where: "new Demo", option: name });
  });

  test("a duration's own error is one of an option, too", () => {
    expect(catchError(() => bind({ ttl: -1 }))).toBeInstanceOf(InvalidDurationError);
  });
});

test("checkNames refuses names and nothing else", () => {
  const allowed = new Set(["ttl", "tags"]);
  expect(() => checkNames({ ttl: "whatever" }, allowed, "set")).not.toThrow();
  expect(() => checkNames({ tll: 1 }, allowed, "set")).toThrow(
    'set: there is no option "tll". Did you mean "ttl"?',
  );
  expect(() => checkNames(5 as unknown as object, allowed, "set")).toThrow(
    'set: option "options" must be an object, got 5',
  );
  expect(() => checkNames({ x: 1 }, new Set(), "get")).toThrow("It takes no option at all.");
});

test("the declaration prints as a table", () => {
  expect(optionsTable(demo)).toMatchInlineSnapshot(`
    "| option | value | default | meaning |
    |---|---|---|---|
    | \`max\` | a whole number of at least 1, or Infinity | \`Infinity\` | most entries |
    | \`weigher\` | a function (value, key) | none | weight |
    | \`ttl\` | a duration such as 5000 or "5m", or a function (key), or null | never expires | time to live |
    | \`enforce\` | "always", or an object with every, reclaim | \`"always"\` | when |
    | \`names\` | a list, each item a text that is not empty | \`[]\` | names \\| more |
    | \`clock\` | a clock (an object with now) | none | time |
    | \`mode\` | one of "a", "b" | \`"a"\` | mode |"
  `);
});

function catchError(run: () => unknown): Error & Partial<InvalidOptionError> {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
