import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bar } from "../src/report/bars.js";
import { lineChart } from "../src/report/chart.js";
import { plain } from "../src/report/paint.js";

describe("a line chart", () => {
  it("shows each line from its first value to its last", () => {
    const series = [
      { label: "up", values: [0.1, 0.9] },
      { label: "down", values: [0.9, 0.1] },
    ];
    expect(lineChart([10, 20], series, 40, plain).join("\n")).toMatchInlineSnapshot(`
      "hit ratio, %
       100 ┤
           │
           │D⠢⡀                     ⡠⠊U U up
        80 ┤  ⠈⠢⡀                 ⡠⠊
           │    ⠈⠢⡀             ⡠⠊
           │      ⠈⠑⢄        ⢀⠔⠉
        60 ┤         ⠑⢄    ⢀⠔⠁
           │           ⠑⢄⢀⠔⠁
           │           ⡠⠊⠉⠢⡀
        40 ┤         ⡠⠊    ⠈⠢⡀
           │       ⡠⠊        ⠈⠢⡀
           │    ⢀⠔⠉            ⠈⠑⢄
        20 ┤  ⢀⠔⠁                 ⠑⢄
           │⢀⠔⠁                     ⠑⢄
           │U                         D D down
         0 ┤
           └┬─────────────────────────┬
            10                       20 entries"
    `);
  });

  const ratios = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });

  it("keeps within its width and names every line, whatever the values", () => {
    fc.assert(
      fc.property(
        fc.array(ratios, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 8 }),
        (all, points) => {
          const capacities = Array.from({ length: points }, (_, index) => 10 ** (index + 1));
          const series = all.map((values, line) => ({
            label: `policy ${line}`,
            values: values.slice(0, points),
          }));
          const lines = lineChart(capacities, series, 80, plain);
          for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
          for (const { label } of series)
            expect(lines.filter((line) => line.endsWith(` ${label}`))).toHaveLength(1);
        },
      ),
    );
  });
});

describe("a bar", () => {
  it.each([
    [0, ""],
    [1, "████"],
    [0.5, "██"],
    [0.53125, "██▏"],
    [2, "████"],
    [-1, ""],
  ])("of %d is %j", (share, expected) => expect(bar(share, 4)).toBe(expected));
});
