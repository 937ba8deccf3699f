/** Prometheus' text format: what is written is what a strict reader reads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as exposition from "../../src/observe/exposition.js";
import { broken } from "../support/mutants.js";
import { parsePrometheus } from "../support/prometheus.js";

type Module = typeof exposition;

const text = fc.string({
  unit: fc.constantFrom("a", "\\", '"', "\n", "n", "{", "}", ",", "=", " ", "é", "#"),
  maxLength: 12,
});
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-7, 1e21),
);
const samples = fc.uniqueArray(fc.tuple(number, text, text), {
  minLength: 1,
  maxLength: 8,
  selector: ([, a, b]) => JSON.stringify([a, b]),
});

/** Any help, label and value comes back. */
const check = ({ gauge }: Module) =>
  fc.check(
    fc.property(
      text.filter((help) => help.trim() !== ""),
      samples,
      (help, all) => {
        const written = gauge(
          "some:name",
          help,
          all.map(([value, a, b]) => [value, { a, b }]),
        );
        const { samples: read, ...family } = parsePrometheus(written).get("some:name")!;
        expect(family).toEqual({ name: "some:name", type: "gauge", help });
        expect(read).toEqual(
          all.map(([value, a, b]) => ({
            name: "some:name",
            labels: { a, b },
            value: value === 0 ? 0 : value,
          })),
        );
      },
    ),
    { numRuns: 300, seed: 7, endOnFailure: true },
  );

describe("the exposition", () => {
  it("says any text and any number so that it is read as it was", () => {
    const { failed, errorInstance } = check(exposition);
    expect(failed, String(errorInstance)).toBe(false);
  });

  it("says counters and histograms", () => {
    const { counter, histogram } = exposition;
    expect(counter("a_total", "About.", [[1], [2, { x: "y" }]])).toBe(
      '# HELP a_total About.\n# TYPE a_total counter\na_total 1\na_total{x="y"} 2\n',
    );
    const counts = [1, 3, 4];
    expect(histogram("h", "About.", [0.5, 1], [{ labels: { r: "a" }, counts, sum: 2.5 }])).toBe(
      '# HELP h About.\n# TYPE h histogram\nh_bucket{r="a",le="0.5"} 1\nh_bucket{r="a",le="1"} 3\n' +
        'h_bucket{r="a",le="+Inf"} 4\nh_sum{r="a"} 2.5\nh_count{r="a"} 4\n',
    );
  });

  it("says nothing of a family without samples, and refuses names that are none", () => {
    const { gauge, counter } = exposition;
    expect(gauge("a", "About.", [])).toBe("");
    expect(() => gauge("a-b", "About.", [[1]])).toThrow(TypeError);
    expect(() => gauge("a", "About.", [[1, { "b:c": 1 }]])).toThrow(TypeError);
    expect(() => counter("a", "About.", [[1]])).toThrow(TypeError);
  });

  const mutants: [what: string, find: string, replace: string][] = [
    ["quotes", `.replaceAll('"', '\\\\"')`, ""],
    ["backslashes", `.replaceAll("\\\\", "\\\\\\\\")`, ""],
    ["line ends", `.replaceAll("\\n", "\\\\n")`, ""],
    ["infinities", '"+Inf" : "-Inf"', '"Infinity" : "-Infinity"'],
  ];
  for (const [what, find, replace] of mutants)
    it(`is tested: one that forgets ${what}`, async () => {
      const file = "observe/exposition.ts";
      const entry = new URL("../../src/observe/exposition.ts", import.meta.url);
      expect(check(await broken<Module>(entry, { file, find, replace })).failed).toBe(true);
    });
});

describe("the reader of the tests", () => {
  const family = "# HELP a About.\n# TYPE a gauge\n";
  const wrong: [what: string, text: string][] = [
    ["no end of line", `${family}a 1`],
    ["no TYPE", "# HELP a About.\na 1\n"],
    ["no HELP", "# TYPE a gauge\na 1\n"],
    ["an empty HELP", "# HELP a \n# TYPE a gauge\na 1\n"],
    ["samples of another family", `${family}b 1\n`],
    ["a family twice", `${family}a 1\n${family}a{x="y"} 1\n`],
    ["labels twice", `${family}a{x="y"} 1\na{x="y"} 2\n`],
    ["one label twice", `${family}a{x="y",x="z"} 1\n`],
    ["a quote", `${family}a{x="""} 1\n`],
    ["a lone backslash", `${family}a{x="\\y"} 1\n`],
    ["a word for a number", `${family}a Infinity\n`],
    ["an empty line", `${family}\na 1\n`],
    ["a counter that is no total", "# HELP a About.\n# TYPE a counter\na 1\n"],
    ["a counter below 0", "# HELP a_total About.\n# TYPE a_total counter\na_total -1\n"],
    ["a histogram without +Inf", '# HELP h A\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n'],
    [
      "a histogram that falls",
      '# HELP h A\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
    [
      "a histogram of another count",
      '# HELP h A\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n',
    ],
  ];
  for (const [what, text] of wrong)
    it(`refuses ${what}`, () => expect(() => parsePrometheus(text)).toThrow());
});
