/** What `npm start` prints, with less time to measure in. */
import { describe, expect, it } from "vitest";
import { compete } from "../src/contest.js";
import { corpusPath } from "../src/corpus.js";
import { demonstrate } from "../src/demonstration.js";
import { peers, versionOf } from "../src/peers.js";
import { readTrace } from "../src/read.js";
import { contestReport } from "../src/report/contest.js";
import { plain } from "../src/report/paint.js";

const trace = await readTrace(corpusPath("lirs-multi1.txt.gz"));
const contest = compete(trace, peers, { capacity: 1_000, seconds: 0.1 });
const byName = new Map(contest.standings.map((standing) => [standing.peer.name, standing]));

describe("a contest", () => {
  it("finds the exact hit ratio of every LRU that holds what it is told", () => {
    for (const name of ["lru-cache", "mnemonist", "tiny-lru"]) {
      expect(((byName.get(name)?.hitRatio ?? 0) * 100).toFixed(2)).toBe("48.23");
    }
    expect((contest.optimumHitRatio * 100).toFixed(2)).toBe("71.40");
  });

  it("gives nobody more room than the rest", () => {
    const all = trace.keys.length;
    const sizes = peers.map(
      (peer) => compete(trace, [peer], { capacity: all * 3, seconds: 0 }).standings[0].hitRatio,
    );
    for (const hitRatio of sizes) expect(hitRatio).toBeCloseTo(1 - all / trace.requests.length, 12);
    expect(byName.get("quick-lru")?.hitRatio).toBeLessThan(byName.get("lru-cache")?.hitRatio ?? 0);
  });

  it("measures everyone's time", () => {
    expect(contest.rounds).toBeGreaterThanOrEqual(3);
    for (const { requestsPerSecond } of contest.standings) expect(requestsPerSecond).toBeGreaterThan(100_000);
  });
});

describe("its table", () => {
  const lines = contestReport(contest, versionOf, plain);

  it("has a row per cache within 80 columns", () => {
    for (const { name } of peers) expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(lines.find((line) => line.startsWith("lru-cache"))).toMatch(/ 48\.23 % +67\.5 % .* 1\.00$/);
  });

  it("names the versions that are installed", () => {
    expect(versionOf("lru-cache")).toMatch(/^11\./);
    expect(versionOf("no-such-package")).toBe("?");
  });
});

describe("npm start", { timeout: 60_000 }, () => {
  it("shows two traces, a row per cache in each, a plot, and what to do next", async () => {
    const parts: string[] = [];
    await demonstrate({ secondsEach: 0.05, paint: plain, print: (text) => parts.push(text) });
    const lines = parts.join("\n").split("\n");
    for (const { name } of peers) expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(2);
    expect(lines).toContain("cache2k-web07: a product-detail web server");
    expect(lines).toContain("76,118 requests of 20,484 keys, room for 1,000");
    expect(lines.filter((line) => line.startsWith("optimum"))[0]).toMatch(/ 63\.59 % +100\.0 %/);
    expect(lines.filter((line) => line.startsWith("lru-cache"))[1]).toMatch(/ 47\.80 % /);
    expect(lines.some((line) => line.endsWith("10,000 entries"))).toBe(true);
    expect(lines.some((line) => line.includes("npm run simulate -- summary"))).toBe(true);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  });
});
