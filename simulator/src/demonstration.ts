/**
 * The cache's main job on real input: replays two real request traces through `new Cache({max})` and through other caches
 * from npm, prints hit ratio, share of the optimum and throughput of each, and what another size would bring.
 *
 * How time is measured stands in contest.ts. One size for all, and no trace or row left out where Stowage is not ahead.
 */
import { availableParallelism, loadavg } from "node:os";
import { compete } from "./contest.js";
import { type CorpusTrace, corpus, corpusPath, shortName } from "./corpus.js";
import { peers, versionOf } from "./peers.js";
import { readTrace } from "./read.js";
import { replayPolicy } from "./replay.js";
import { lineChart } from "./report/chart.js";
import { contestReport } from "./report/contest.js";
import { count } from "./report/numbers.js";
import type { Paint } from "./report/paint.js";
import { simulate } from "./simulation.js";

export interface Demonstration {
  /** Time to measure in, per trace. */
  readonly secondsEach: number;
  readonly paint: Paint;
  /** Takes some lines at a time, as they come. */
  readonly print: (text: string) => void;
}

const CAPACITY = 1_000;
const WIDTH = 80;
const shown = ["cache2k-web07.txt.gz", "lirs-multi2.txt.gz"].flatMap((file) =>
  corpus.filter((one) => one.file === file),
);

export async function demonstrate(how: Demonstration): Promise<void> {
  how.print(introduction(how.paint));
  for (const one of shown) await replayBesidePeers(one, how);
  const notes = peers.flatMap(({ note }) => (note === undefined ? [] : [how.paint.dim(`* ${note}`)]));
  how.print(["", ...notes].join("\n"));
  await plotSizes(shown[0], how);
  how.print(nextSteps(how.paint));
}

function introduction(paint: Paint): string {
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores`;
  return [
    `${paint.bold("Stowage")} replays request traces beside other caches: get, and on a miss set.`,
    paint.dim(`${machine}; median of many rounds, a new string per request`),
    ...(loadavg()[0] > availableParallelism()
      ? [paint.dim("The machine is busy with other work: take the times as rough.")]
      : []),
  ].join("\n");
}

async function replayBesidePeers({ file, about }: CorpusTrace, { secondsEach, paint, print }: Demonstration) {
  const trace = await readTrace(corpusPath(file));
  const size = `${count(trace.requests.length)} requests of ${count(trace.keys.length)} keys`;
  const contest = compete(trace, peers, { capacity: CAPACITY, seconds: secondsEach });
  const heading = [paint.bold(`${shortName(file)}: ${about}`), `${size}, room for ${count(CAPACITY)}`];
  print(["", ...heading, "", ...contestReport(contest, versionOf, paint)].join("\n"));
}

async function plotSizes({ file, capacities }: CorpusTrace, { paint, print }: Demonstration) {
  const trace = await readTrace(corpusPath(file));
  const { lines } = simulate(trace, {
    capacities,
    policies: ["w-tinylfu", "sieve", "lru"],
    replay: replayPolicy,
  });
  const series = lines.map(({ policy, points }) => ({
    label: policy,
    values: points.map(({ hitRatio }) => hitRatio),
  }));
  const heading = `${shortName(file)} at other sizes (w-tinylfu is Stowage's default policy)`;
  print(["", paint.bold(heading), "", ...lineChart(capacities, series, WIDTH, paint)].join("\n"));
}

function nextSteps(paint: Paint): string {
  return [
    "",
    paint.bold("Next"),
    "  npm run simulate -- simulator/traces/lirs-multi1.txt.gz --capacity 500,1000",
    "  npm run simulate -- summary       every policy over ten traces",
    '  cache.record("requests.gz")       records your own traffic to simulate',
  ].join("\n");
}
