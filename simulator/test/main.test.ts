/** The command line from its arguments to what it prints. */
import { describe, expect, it } from "vitest";
import { corpusPath } from "../src/corpus.js";
import { main } from "../src/main.js";
import { coloured, paintFor, plain } from "../src/report/paint.js";

const gli = corpusPath("lirs-gli.txt.gz");

async function printed(...args: string[]): Promise<string> {
  const { output, error, exitCode } = await main(args, plain);
  expect(error).toBe("");
  expect(exitCode).toBe(0);
  return output;
}

describe("simulate <trace>", () => {
  it("prints a row per policy, and a plot", async () => {
    const lines = (await printed(gli, "--capacity", "1000,500")).split("\n");
    expect(lines[0]).toBe("lirs-gli.txt.gz: 6,015 requests of 2,529 keys (keys)");
    expect(lines[2]).toMatch(/^hit ratio, % at +500 +1,000 +Mreq\/s$/);
    for (const policy of ["optimum", "w-tinylfu", "lru", "lrw", "fifo", "sieve", "s3-fifo"]) {
      expect(lines.filter((line) => line.startsWith(policy))).toHaveLength(1);
    }
    expect(lines.find((line) => line.startsWith("lru"))).toMatch(/ 11\.21 /);
    expect(lines.at(-1)).toMatch(/500 +1,000 entries$/);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it("draws bars at a single capacity, and nothing on --no-plot", async () => {
    expect(await printed(gli, "--capacity", "1000")).toMatch(/^optimum +█+\S? 53\.15$/m);
    expect(await printed(gli, "--capacity", "1000", "--no-plot")).not.toMatch("█");
  });

  it("takes the policies asked for, and sizes that suit the trace", async () => {
    const text = await printed(gli, "--policies", "lru,sieve", "--no-plot");
    expect(text).toMatch(/50 +100 +250 +500 +1,000/);
    expect(
      text
        .split("\n")
        .slice(4)
        .map((line) => line.split(" ")[0]),
    ).toEqual(["optimum", "lru", "sieve"]);
  });

  it("prints JSON", async () => {
    const json = JSON.parse(await printed(gli, "--capacity=1000", "--policies=lru", "--json"));
    expect(json.trace).toEqual({ name: "lirs-gli.txt.gz", format: "keys", requests: 6_015, keys: 2_529 });
    expect(json.lines[1]).toMatchObject({ policy: "lru", points: [{ capacity: 1_000, hits: 674 }] });
    expect(json.lines[1].points[0].requestsPerSecond).toBeGreaterThan(0);
    expect(json.lines[0].points[0].requestsPerSecond).toBeUndefined();
  });

  it("drives whole caches on --through-cache", async () => {
    const args = [gli, "--capacity=1000", "--policies=lru", "--no-plot"];
    expect(await printed(...args, "--through-cache")).toMatch(/^lru +11\.21 /m);
  });

  it("reads a part, and the format asked for", async () => {
    expect(await printed(gli, "--limit", "100", "--format", "lirs", "--no-plot")).toMatch(
      /: 100 requests of \d+ keys \(lirs\)/,
    );
  });
});

/** Replays all ten traces. */
describe("simulate summary", { timeout: 60_000 }, () => {
  it("prints a row per trace, the mean, and the worst points", async () => {
    const text = await printed("summary", "--policies", "lru,fifo");
    expect(text).toMatch(/^hits, % of optimum +lru +fifo$/m);
    expect(text).toMatch(/^cache2k-web07 +\d\d\.\d\d +\d\d\.\d\d$/m);
    expect(text).toMatch(/^mean +\d\d\.\d\d +\d\d\.\d\d$/m);
    expect(text).toMatch(/^ {2}lru +never$/m);
    expect(text).toMatch(/^ {2}fifo +-\d+\.\d\d {2}lirs-\w+ at \d+$/m);
  });

  it("prints JSON", async () => {
    const json = JSON.parse(await printed("summary", "--policies=lru", "--json"));
    expect(json.policies[0]).toMatchObject({ policy: "lru", worstAgainstLru: { points: 0 } });
  });
});

describe("refuses", () => {
  it.each([
    ["an unknown flag", [gli, "--capcity", "5"], 'Did you mean "--capacity"?'],
    ["an unknown policy", [gli, "--policies", "lru,seive"], 'Did you mean "--policies sieve"?'],
    ["a policy that never evicts", [gli, "--policies", "none"], "--policies none"],
    ["an unknown format", [gli, "--format", "ark"], 'Did you mean "--format arc"?'],
    ["a capacity of nothing", [gli, "--capacity", "0"], "whole numbers from 1"],
    ["a capacity that is no number", [gli, "--capacity", "500,many"], "whole numbers from 1"],
    ["a flag without its value", [gli, "--capacity"], "given a value"],
    ["a value that the flag does not take", [gli, "--json=yes"], "without a value"],
    ["no trace", [], "one trace file"],
    ["two traces", [gli, gli], "one trace file"],
    ["a size for the summary", ["summary", "--capacity", "5"], "fixed"],
  ])("%s", async (_what, args, says) => {
    const { exitCode, output, error } = await main(args, plain);
    expect(exitCode).toBe(2);
    expect(output).toBe("");
    expect(error).toContain(says);
  });

  it("a file that is not there, with another exit code", async () => {
    expect(await main(["no-such-file"], plain)).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining("no-such-file"),
    });
  });
});

it("--help names every flag and format", async () => {
  const text = await printed("--help");
  for (const word of [
    "--capacity",
    "--policies",
    "--through-cache",
    "--no-plot",
    "twitter",
    "oracle-general",
    "s3-fifo",
  ]) {
    expect(text).toContain(word);
  }
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

describe("colours", () => {
  const stream = (isTTY: boolean) => ({ isTTY }) as NodeJS.WriteStream;

  it("are for terminals that want them", () => {
    expect(paintFor(stream(true), {})).toBe(coloured);
    expect(paintFor(stream(false), {})).toBe(plain);
    expect(paintFor(stream(true), { NO_COLOR: "1" })).toBe(plain);
    expect(paintFor(stream(true), { TERM: "dumb" })).toBe(plain);
    expect(paintFor(stream(false), { FORCE_COLOR: "1" })).toBe(coloured);
  });

  it("change nothing but colours", async () => {
    const args = [gli, "--capacity=500,1000", "--policies=lru,fifo", "--json"];
    expect((await main(args.slice(0, 3), coloured)).output).toContain("\x1b[");
  });
});
