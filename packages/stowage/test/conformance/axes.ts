/**
 * The configurations that the conformance suite runs over: every policy, and each option that must not change what a
 * verb promises. An axis that takes an ability away (a default ttl: entries are not eternal) says so, and the cases that
 * ask for it are skipped from that alone.
 */
import { Cache, type CacheOptions, policyNames } from "stowage";
import { type Ability, allAbilities, type CacheSubject, type SubjectOptions } from "stowage/testing";

interface Axis {
  readonly name: string;
  readonly options: SubjectOptions;
  readonly without?: readonly Ability[];
}

/** Large enough for every case: the bound is there, and never reached where the case does not set its own. */
const ROOM = 1_000_000;

const policies: readonly Axis[] = policyNames.map((policy) =>
  policy === "none"
    ? { name: "policy none", options: { policy }, without: ["max", "maxWeight", "scheduled", "resize"] }
    : { name: `policy ${policy}`, options: { policy } },
);

/** What is a mistake by itself may be none beside these options, so the cases on wrong options are not for them. */
const settings: readonly Axis[] = [
  { name: "bounded", options: { max: ROOM } },
  { name: "bounded by weight", options: { maxWeight: ROOM, weigher: () => 1 }, without: ["maxWeight"] },
  { name: "default ttl", options: { ttl: "10y" }, without: ["eternal"] },
  { name: "ttl function", options: { ttl: () => 1_000_000_000 }, without: ["eternal"] },
  { name: "default idle", options: { idle: "10y" }, without: ["eternal"] },
  { name: "without statistics", options: { stats: false }, without: ["stats"] },
  { name: "without lazy expiry", options: { lazy: false }, without: ["lazy"] },
  { name: "without janitor", options: { janitor: false }, without: ["janitor"] },
  { name: "eager janitor", options: { janitor: 1 }, without: ["janitor"] },
  { name: "with a hook", options: { hooks: [{ when: "after", handle: () => undefined }] } },
  { name: "with a listener", options: { onRemoval: () => undefined } },
];

/** Axes together: where two options meet, and nothing may come of it. */
const pairs: readonly Axis[] = [
  {
    name: "sieve, bounded, with a listener and a ttl",
    options: { policy: "sieve", max: ROOM, onRemoval: () => undefined, ttl: "10y" },
    without: ["eternal"],
  },
  {
    name: "lru, idle, hooks, no statistics",
    options: {
      policy: "lru",
      idle: "10y",
      stats: false,
      hooks: [{ when: "before", handle: () => undefined }],
    },
    without: ["eternal", "stats"],
  },
];

const all: readonly Axis[] = [{ name: "defaults", options: {} }, ...policies, ...settings, ...pairs];

export const subjects: readonly CacheSubject[] = all.map(({ name, options, without = [] }) => ({
  name,
  create: (own) => new Cache<unknown, unknown>(merged(options, own)),
  abilities: allAbilities(
    ...without,
    ...(Object.keys(options).every((key) => key === "policy") ? [] : ["strictOptions" as const]),
  ),
}));

/** Where there is nothing to add, the case's options are passed on as they are: some cases look at them afterwards. */
function merged(options: SubjectOptions, own: SubjectOptions): CacheOptions<unknown, unknown> {
  return Object.keys(options).length === 0 ? own : { ...options, ...own };
}
