/**
 * Values of every kind that a dump keeps, for properties.
 */
import fc from "fast-check";

const hostileNames = ["__proto__", "constructor", "toString", "", "0", "length", "\0", "\ud800", "ключ", "a"];

const primitives = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    Number.NaN,
    Infinity,
    -Infinity,
  ),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...hostileNames, "x".repeat(40), "ж".repeat(40), "\udfff\ud800", "é"),
);

const leaves = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a/g, /[\]/\\]+/iu, /\//y).map((regexp) => new RegExp(regexp)),
  fc.constantFrom("http://a/?b=c#d", "data:,x").map((href) => new URL(href)),
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.slice().buffer),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => new DataView(bytes.slice().buffer)),
  fc.float64Array({ maxLength: 5 }),
  fc.int16Array({ maxLength: 5 }),
  fc.bigUint64Array({ maxLength: 5 }),
  fc.string().map((message) => new RangeError(message, { cause: { message } })),
  fc.string().map((message) => Object.assign(new Error(message), { code: "E", errno: -2 })),
);

const sparse = fc
  .tuple(fc.integer({ min: 0, max: 5_000 }), fc.string())
  .map(([index, text]) => Object.assign(new Array(index + 2), { [index]: text, extra: text }));

/** Anything that can be stored in a cache and saved: never undefined at the top. */
export const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    primitives,
    leaves,
    sparse,
    fc.array(fc.option(tie("value"), { nil: undefined }), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...hostileNames), fc.string()), tie("value"), { maxKeys: 4 }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 4 }).map((members) => new Set(members)),
  ),
})).value;
