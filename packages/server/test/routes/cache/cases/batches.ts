/** Many operations at a time; all of them, or none. */
import { batch, type Case, get, gone, one, post, refused, set, wait } from "./steps.js";

const untouched = [set('{"key":"a","value":1}')];

export const batches: Case[] = [
  one("an empty batch", batch("[]", "[]")),
  one(
    "every operation",
    batch(
      '[{"op":"set","key":"a","value":{"x":1.0}},{"op":"get","key":"a"},{"op":"get","key":"b"},{"op":"incr","key":"n"},{"op":"incr","key":"n","amount":1.5},{"op":"decr","key":"n","amount":2},{"op":"delete","key":"a"},{"op":"get","key":"a"}]',
      '[{"op":"set","key":"a","success":true},{"op":"get","key":"a","value":{"x":1.0},"found":true},{"op":"get","key":"b","value":null,"found":false},{"op":"incr","key":"n","value":1},{"op":"incr","key":"n","value":2.5},{"op":"decr","key":"n","value":0.5},{"op":"delete","key":"a","success":true},{"op":"get","key":"a","value":null,"found":false}]',
    ),
  ),
  one(
    "a stored null is found",
    batch(
      '[{"op":"set","key":"a","value":null},{"op":"get","key":"a"}]',
      '[{"op":"set","key":"a","success":true},{"op":"get","key":"a","value":null,"found":true}]',
    ),
  ),
  one(
    "ttl in a batch",
    batch(
      '[{"op":"set","key":"a","value":1,"ttl":1},{"op":"set","key":"b","value":2,"ttl":0}]',
      /true.*true/,
    ),
    wait(1_000),
    gone("a"),
    get("b", "2"),
  ),
  one(
    "keys come back as they came",
    batch(
      '[{"op":"set","key":"\\u00fc\\/","value":1},{"op":"get","key":"ü/"}]',
      '[{"op":"set","key":"\\u00fc\\/","success":true},{"op":"get","key":"ü/","value":1,"found":true}]',
    ),
  ),
  one(
    "the last operations count",
    post(
      "batch",
      '{"operations":[{"op":"nonsense"}],"operations":[{"op":"get","key":"a"}]}',
      200,
      '{"results":[{"op":"get","key":"a","value":null,"found":false}]}',
    ),
  ),
  one(
    "a long batch",
    batch(
      `[${Array.from({ length: 9_000 }, (_, index) => `{"op":"incr","key":"n${index % 7}"}`).join()}]`,
      /^\{"results":\[(\{"op":"incr","key":"n\d","value":\d+\},){8999}\{"op":"incr","key":"n4","value":1286\}\]\}$/,
    ),
  ),
  ...(
    [
      ['{"op":"foo","key":"a"}', /operations\[1\]\.op must be one of .*, not \\"foo\\""/],
      ['{"key":"a"}', /operations\[1\]\.op must be one of .*; it is missing/],
      ['{"op":1,"key":"a"}', /operations\[1\]\.op must be one of .*, not a number/],
      ['{"op":"get"}', /operations\[1\]\.key is missing/],
      ['{"op":"get","key":1}', /operations\[1\]\.key must be a string, not a number/],
      ['{"op":"get","key":"\\udfff"}', /operations\[1\]\.key must be Unicode/],
      ['{"op":"set","key":"a"}', /operations\[1\]\.value is missing/],
      ['{"op":"set","key":"a","value":1,"ttl":"1"}', /operations\[1\]\.ttl must be a number/],
      ['{"op":"incr","key":"a","amount":"1"}', /operations\[1\]\.amount must be a number/],
      ["7", /operations\[1\] must be an object, not a number/],
      [
        `{"op":"get","key":"${"x".repeat(65_537)}"}`,
        /operations\[1\]\.key must be at most 65536 bytes of UTF-8, not 65537/,
      ],
      [
        `{"op":"get","key":"${"ü".repeat(32_769)}"}`,
        /operations\[1\]\.key must be at most 65536 bytes of UTF-8, not 65538/,
      ],
    ] as const
  ).map(([operation, text]) =>
    one(
      `one bad operation, nothing done: ${operation.slice(0, 60)}${operation.length}`,
      ...untouched,
      {
        ...refused(
          "batch",
          `{"operations":[{"op":"set","key":"a","value":2},${operation},{"op":"delete","key":"a"}]}`,
          text,
        ),
      },
      refused("batch", `{"operations":[{"op":"set","key":"a","value":2},${operation}]}`, /"index":1\}$/),
      get("a", "1"),
    ),
  ),
  one(
    "bad JSON at the end, nothing done",
    ...untouched,
    refused("batch", '{"operations":[{"op":"set","key":"a","value":2}]', /not JSON/),
    get("a", "1"),
  ),
  ...[
    ["{}", "; it is missing"],
    ['{"operations":{}}', ", not an object|not an object"],
    ['{"operations":null}', "not null"],
    ['{"operations":"x"}', "not a string"],
  ].map(([body, text]) =>
    one(
      `no operations: ${body}`,
      refused("batch", body, new RegExp(`operations must be an array.*(${text})`)),
    ),
  ),
  one(
    "what the cache refuses stands at its operation",
    set('{"key":"s","value":"x"}'),
    batch(
      '[{"op":"incr","key":"s"},{"op":"set","key":"a","value":1}]',
      /^\{"results":\[\{"op":"incr","key":"s","error":"non_numeric_value","message":"[^"]+"\},\{"op":"set","key":"a","success":true\}\]\}$/,
    ),
    get("a", "1"),
    get("s", '"x"'),
  ),
];
