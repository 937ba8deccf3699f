/** The figures of traces/README.md, measured with an independent simulator, come out of this one to the last digit. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { corpus, corpusPath } from "../src/corpus.js";
import { readTrace } from "../src/read.js";
import { replayPolicy } from "../src/replay.js";
import { simulate } from "../src/simulation.js";

const tables = readFileSync(corpusPath("README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()));
const sizes = tables.filter(([file]) => file.endsWith(".gz"));
const figures = tables.filter(([trace, capacity]) => trace !== "" && /^\d+$/.test(capacity));

describe("the figures of traces/README.md", () => {
  it("are six", () => expect(figures).toHaveLength(6));

  it.each(figures)("%s at %s: %s, %s, %s", async (name, capacity, ...expected) => {
    const trace = await readTrace(corpusPath(`${name}.txt.gz`));
    const { lines } = simulate(trace, {
      capacities: [Number(capacity)],
      policies: ["lru", "fifo"],
      replay: replayPolicy,
    });
    expect(lines.map(({ points }) => (points[0].hitRatio * 100).toFixed(2))).toEqual(expected);
  });
});

describe("the traces", () => {
  it("are the ten of the corpus", () => {
    expect(sizes.map(([file]) => file).sort()).toEqual(corpus.map(({ file }) => file).sort());
  });

  it.each(sizes)("%s holds %s requests of %s keys", async (file, requests, keys) => {
    const trace = await readTrace(corpusPath(file));
    expect(trace.requests.length.toLocaleString("en-US")).toBe(requests);
    expect(trace.keys.length.toLocaleString("en-US")).toBe(keys);
  });

  it("are replayed at every size that the README has a figure for", () => {
    for (const [name, capacity] of figures) {
      expect(corpus.find(({ file }) => file === `${name}.txt.gz`)?.capacities).toContain(Number(capacity));
    }
  });
});
