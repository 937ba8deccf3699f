/** What is told of tiers: of L1 as of any cache, of L2 and the bus as this process sees them. */
import type { CacheStats } from "../cache/types.js";
import type { BusStats, L2Stats, TieredStats } from "../tiered/types.js";
import { has } from "./cache.js";
import { counter, each, gauge, type Kind, type Metric, type Reading } from "./types.js";

/** What is used of a tiered cache, or of a namespace of one. */
export interface TieredLike {
  readonly name: string;
  /** Of a namespace: where it is; of the cache itself: nothing. */
  readonly path: readonly string[];
  stats(): TieredStats;
  namespace(name: string): unknown;
  invalidateTag(tag: string): Promise<unknown>;
}

const S = 1_000;
const breakerStates = ["closed", "half-open", "open"] as const;

const ofL1 = (of: (stats: CacheStats) => number) => (stats: TieredStats) => stats.l1 && of(stats.l1);
const ofL2 = (of: (stats: L2Stats) => number | readonly Reading[]) => (stats: TieredStats) =>
  stats.l2 && of(stats.l2);
const ofBus = (of: (stats: BusStats) => number) => (stats: TieredStats) => stats.bus && of(stats.bus);

const byTier =
  (l1: (stats: CacheStats) => number, l2: (stats: L2Stats) => number) => (stats: TieredStats) => [
    ...(stats.l1 === null ? [] : [{ value: l1(stats.l1), labels: { tier: "l1" } }]),
    ...(stats.l2 === null ? [] : [{ value: l2(stats.l2), labels: { tier: "l2" } }]),
  ];

const tiers = { labels: ["tier"] };

export const tieredMetrics: readonly Metric<TieredStats>[] = [
  counter(
    "tiered.hits",
    "{read}",
    "Reads that found a value, by tier.",
    byTier(
      (l1) => l1.hits,
      (l2) => l2.hits,
    ),
    tiers,
  ),
  counter(
    "tiered.misses",
    "{read}",
    "Reads that found none, by tier.",
    byTier(
      (l1) => l1.misses,
      (l2) => l2.misses,
    ),
    tiers,
  ),
  counter(
    "tiered.writes",
    "{value}",
    "Values written, by tier.",
    byTier(
      (l1) => l1.writes,
      (l2) => l2.writes,
    ),
    tiers,
  ),
  counter(
    "tiered.l1.evictions",
    "{value}",
    "Values that had to leave L1 for others.",
    ofL1((l1) => l1.evictions),
  ),
  counter(
    "tiered.loads",
    "{load}",
    "Loads that ended, by outcome; shared: spared, since another process had the lease.",
    ({ loads: { ok, failed, shared } }) => each("outcome", { ok, failed, shared }),
    { labels: ["outcome"] },
  ),
  counter(
    "tiered.loads.overtaken",
    "{load}",
    "Loads whose value came too late to be stored.",
    ({ loads }) => loads.overtaken,
  ),
  counter("tiered.load.time", "s", "Time that loads took together.", ({ loads }) => loads.timeMs / S),
  counter("tiered.stale", "{read}", "Old values given instead of a wait or an error.", ({ stale }) => stale),
  counter(
    "tiered.errors",
    "{error}",
    "Errors that reached no caller, by source.",
    ({ errors }) => each("source", errors),
    { labels: ["source"] },
  ),
  gauge(
    "tiered.owed",
    "{write}",
    "Writes that L2 did not get and that are not made good yet.",
    ({ owed }) => owed,
  ),
  counter(
    "tiered.l2.calls",
    "{call}",
    "Calls of L2 that ended, by verb of the store and outcome.",
    ofL2(({ verbs }) => callsOf(verbs)),
    { labels: ["verb", "outcome"] },
  ),
  counter(
    "tiered.l2.call.time",
    "s",
    "Time that answered calls of L2 took together, by verb of the store.",
    ofL2(({ verbs }) =>
      Object.entries(verbs).map(([verb, { totalMs }]) => ({ value: totalMs / S, labels: { verb } })),
    ),
    { labels: ["verb"] },
  ),
  counter(
    "tiered.l2.unusable",
    "{record}",
    "Records that were there and could not be used, by reason.",
    ofL2(({ stale, invalidated, refused, frame }) => {
      const { foreign, version, damaged, unreadable, tooLarge } = frame;
      return each("reason", {
        stale,
        invalidated,
        refused,
        foreign,
        version,
        damaged,
        unreadable,
        too_large: tooLarge,
      });
    }),
    { labels: ["reason"] },
  ),
  counter(
    "tiered.l2.failures",
    "{call}",
    "Reads and writes that L2 did not answer.",
    ofL2(({ failed }) => failed),
  ),
  gauge(
    "tiered.l2.breaker",
    "1",
    "1 for the state that the circuit breaker of L2 is in, 0 for the others; closed: L2 is used.",
    ofL2(({ breaker }) =>
      breakerStates.map((state) => ({ value: Number(state === breaker), labels: { state } })),
    ),
    { labels: ["state"] },
  ),
  gauge(
    "tiered.l2.pending",
    "{call}",
    "Calls of L2 that are under way or wait for their turn.",
    ofL2(({ underWay, waiting }) => underWay + waiting),
  ),
  counter(
    "tiered.bus.sent",
    "{message}",
    "Messages sent.",
    ofBus(({ sent }) => sent),
  ),
  counter(
    "tiered.bus.received",
    "{message}",
    "Messages received.",
    ofBus(({ received }) => received),
  ),
  counter(
    "tiered.bus.doubled",
    "{message}",
    "Messages that came twice.",
    ofBus(({ doubled }) => doubled),
  ),
  counter(
    "tiered.bus.gaps",
    "{message}",
    "Messages that were missed.",
    ofBus(({ gaps }) => gaps),
  ),
  counter(
    "tiered.bus.flushes",
    "{flush}",
    "Times that L1 was emptied since messages may have been missed.",
    ofBus(({ flushes }) => flushes),
  ),
  counter(
    "tiered.bus.failures",
    "{message}",
    "Messages that could not be sent.",
    ofBus(({ failed }) => failed),
  ),
  gauge(
    "tiered.bus.behind",
    "1",
    "1 while other processes' writes are not heard of, else 0.",
    ofBus(({ isBehind }) => Number(isBehind)),
  ),
];

export const tieredKind: Kind<TieredLike, TieredStats> = {
  label: "cache",
  is: (source) => ["stats", "namespace", "invalidateTag", "fetch"].every((member) => has(source, member)),
  // Messages name the cache, not the namespace.
  ownName: ({ name, path }) => (path.length === 0 ? name : undefined),
  figures: (tiered) => tiered.stats(),
  metrics: tieredMetrics,
};

const outcomes = ["answered", "failed", "timeout", "away", "crowded", "aborted"] as const;

function callsOf(verbs: L2Stats["verbs"]): Reading[] {
  return Object.entries(verbs).flatMap(([verb, figures]) =>
    outcomes.map((outcome) => ({ value: figures[outcome], labels: { verb, outcome } })),
  );
}
