/**
 * `npm start`: the cache's main job on real input. Replays two real request traces through `new Cache({max})` and through
 * other caches from npm, prints hit ratio, share of the optimum and throughput of each, and what a larger cache would bring.
 *
 * Takes some ten seconds, most of them to measure time. How it is measured stands in contest.ts.
 */
import { availableParallelism } from "node:os";
import { compete } from "./contest.js";
import { corpus, corpusPath } from "./corpus.js";
import { peers, versionOf } from "./peers.js";
import { readTrace } from "./read.js";
import { replayPolicy } from "./replay.js";
import { lineChart } from "./report/chart.js";
import { contestReport } from "./report/contest.js";
import { count } from "./report/numbers.js";
import { paintFor } from "./report/paint.js";
import { simulate } from "./simulation.js";
import type { Trace } from "./trace.js";

const CAPACITY = 1_000;
const SECONDS_EACH = 4;
const WIDTH = 80;
const paint = paintFor(process.stdout, process.env);

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function replay(file: string): Promise<Trace> {
  const trace = await readTrace(corpusPath(file));
  const about = corpus.find((one) => one.file === file)?.about;
  const size = `${count(trace.requests.length)} requests of ${count(trace.keys.length)} keys`;
  print(
    "",
    paint.bold(`${file.replace(/\.txt\.gz$/, "")}: ${about}`),
    `${size}, room for ${count(CAPACITY)}`,
    "",
  );
  print(
    ...contestReport(compete(trace, peers, { capacity: CAPACITY, seconds: SECONDS_EACH }), versionOf, paint),
  );
  return trace;
}

function plotSizes(trace: Trace, file: string): void {
  const capacities = corpus.find((one) => one.file === file)?.capacities ?? [CAPACITY];
  const { lines } = simulate(trace, {
    capacities,
    policies: ["w-tinylfu", "sieve", "lru"],
    replay: replayPolicy,
  });
  const series = lines.map(({ policy, points }) => ({
    label: policy,
    values: points.map(({ hitRatio }) => hitRatio),
  }));
  print(
    "",
    paint.bold(`${file.replace(/\.txt\.gz$/, "")} at other sizes (w-tinylfu is Stowage's default policy)`),
    "",
  );
  print(...lineChart(capacities, series, WIDTH, paint));
}

print(
  `${paint.bold("Stowage")} replays real request traces beside other caches: get, and on a miss set.`,
  paint.dim(
    `Node ${process.versions.node}, ${availableParallelism()} cores; medians of interleaved rounds, one thread`,
  ),
);
const web = await replay("cache2k-web07.txt.gz");
await replay("lirs-multi2.txt.gz");
print("", ...peers.flatMap(({ note }) => (note === undefined ? [] : [paint.dim(`* ${note}`)])));
plotSizes(web, "cache2k-web07.txt.gz");
print(
  "",
  paint.bold("Next"),
  "  npm run simulate -- simulator/traces/lirs-multi1.txt.gz --capacity 500,1000,2000",
  "  npm run simulate -- summary        every policy over ten traces",
  '  cache.record("requests.gz")        records your own traffic, to be simulated likewise',
);
