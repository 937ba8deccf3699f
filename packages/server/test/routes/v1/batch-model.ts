/**
 * Any sequence of batches against a model that knows what the operations mean and nothing of the server.
 *
 * Versions are taken as the server gives them, and each has to be new. Few keys, so that they meet; hostile ones among them.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "stowage/testing";
import { results } from "./batch-scenes.js";
import { type Client, withServers } from "./support.js";

interface Entry {
  readonly value: number;
  readonly version: string;
  ttl: number;
  until: number;
  readonly grace: number;
  /** A number that was stored with a grace cannot be added to. */
  readonly counts: boolean;
  readonly tagged: boolean;
}

interface World {
  readonly clients: readonly Client[];
  readonly clock: FakeClock;
  readonly entries: Map<string, Entry>;
  readonly versions: Set<string>;
}

type Operation = Readonly<Record<string, unknown>> & { readonly op: string; readonly key: string };
type Step = { readonly wait: number } | { readonly at: number; readonly operations: readonly Operation[] };

const FOR_EVER = Number.POSITIVE_INFINITY;
/** Stand for the version that is there, and for one that never was. */
const OWN = "own";
const OTHER = "1";

const key = fc.constantFrom("", "a", "ä/\"'%\\", "__proto__");
const ttl = fc.constantFrom(null, 100, 1_000);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const amount = optional(fc.constantFrom(1, -2, 0.5));
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constantFrom("get", "has", "ttl", "touch", "persist"), key }),
  fc.record({ op: fc.constant("get"), key, meta: fc.boolean() }),
  fc.record({
    op: fc.constant("set"),
    key,
    value: fc.nat(9),
    ttl: optional(ttl),
    tags: optional(fc.constant(["t"])),
  }),
  fc.record({
    op: fc.constant("set"),
    key,
    value: fc.nat(9),
    ttl: fc.constantFrom(100, 1_000),
    grace: fc.constant(500),
  }),
  fc.record({
    op: fc.constant("set"),
    key,
    value: fc.nat(9),
    ttl: optional(ttl),
    ifVersion: fc.constantFrom(OWN, OWN, OTHER),
  }),
  fc.record({ op: fc.constant("set"), key, value: fc.nat(9), ttl: optional(ttl), ifAbsent: fc.boolean() }),
  fc.record({ op: fc.constant("delete"), key, ifVersion: optional(fc.constantFrom(OWN, OTHER)) }),
  fc.record({ op: fc.constant("expire"), key, ttl }),
  fc.record({
    op: fc.constantFrom("incr", "decr"),
    key,
    amount,
    default: optional(fc.constant(5)),
    ttl: optional(ttl),
  }),
);
const wait: fc.Arbitrary<Step> = fc.record({ wait: fc.constantFrom(1, 99, 400, 1_000) });
const batch: fc.Arbitrary<Step> = fc.record({
  at: fc.nat(1),
  operations: fc.array(operation, { maxLength: 12 }),
});
const steps = fc.array(fc.oneof({ weight: 1, arbitrary: wait }, { weight: 3, arbitrary: batch }), {
  minLength: 1,
  maxLength: 12,
});

/** Rejects where the server and the model differ. */
export async function checkBatches(numRuns: number, seed?: number): Promise<void> {
  const clock = new FakeClock();
  await withServers([{ clock }, { clock }], (...clients) =>
    fc.assert(
      fc.asyncProperty(steps, async (list) => {
        clients[0].server.table.clear();
        const world: World = { clients, clock, entries: new Map(), versions: new Set() };
        for (const step of list) await take(world, step);
      }),
      seed === undefined ? { numRuns } : { numRuns, seed, endOnFailure: true },
    ),
  );
}

async function take(world: World, step: Step): Promise<void> {
  if ("wait" in step) return world.clock.advance(step.wait);
  const operations = step.operations.map((each) =>
    each.ifVersion === OWN ? { ...each, ifVersion: world.entries.get(each.key)?.version || OTHER } : each,
  );
  const answers = await results(world.clients[step.at], ...operations);
  assert.equal(answers.length, operations.length);
  for (const [index, each] of operations.entries())
    assert.deepEqual(answers[index], expected(world, each, answers[index]));
}

/** What the answer has to be. Does to the model what the operation does. */
function expected(world: World, operation: Operation, answer: { version?: string }): object {
  const { entries, clock } = world;
  const now = clock.now();
  const held = entries.get(operation.key);
  const kept = held !== undefined && now < held.until + held.grace ? held : undefined;
  const entry = kept !== undefined && now < kept.until ? kept : undefined;
  const left = entry === undefined || entry.until === FOR_EVER ? null : entry.until - now;
  switch (operation.op) {
    case "get":
      if (entry === undefined) return { found: false };
      return operation.meta
        ? { value: entry.value, ttl: left, ...metaOf(entry, answer) }
        : { value: entry.value };
    case "has":
      return { found: entry !== undefined };
    case "ttl":
      return entry === undefined ? { found: false } : { found: true, ttl: left };
    case "set":
      return set(world, operation, entry, answer);
    case "delete": {
      const wanted = operation.ifVersion === undefined ? kept : entry;
      const done = wanted !== undefined && (operation.ifVersion ?? wanted.version) === wanted.version;
      if (done) entries.delete(operation.key);
      return { deleted: done };
    }
    case "incr":
    case "decr":
      return add(world, operation, entry);
    default:
      return { found: retimed(entry, operation, now) };
  }
}

/** Of counters the model does not know the version. */
function metaOf({ version, tagged }: Entry, answer: { version?: string }): object {
  return { version: version === "" ? answer.version : version, ...(tagged && { tagged }) };
}

function set(
  { entries, versions, clock }: World,
  operation: Operation,
  entry: Entry | undefined,
  answer: { version?: string },
): object {
  const { ifVersion, ifAbsent } = operation;
  const refused =
    ifAbsent === true ? entry !== undefined : ifVersion !== undefined && entry?.version !== ifVersion;
  if (refused && entry === undefined) return { stored: false };
  if (refused) return { stored: false, version: entry?.version === "" ? answer.version : entry?.version };
  const version = String(answer.version);
  assert.ok(!versions.has(version), "a version stands for two values");
  versions.add(version);
  const ttlMs = (operation.ttl as number | null | undefined) ?? FOR_EVER;
  const grace = (operation.grace as number | undefined) ?? 0;
  entries.set(operation.key, {
    value: operation.value as number,
    version,
    ttl: ttlMs,
    until: clock.now() + ttlMs,
    grace,
    counts: grace === 0,
    tagged: operation.tags !== undefined,
  });
  return { stored: true, version };
}

function add({ entries, clock }: World, operation: Operation, entry: Entry | undefined): object {
  if (entry?.counts === false)
    return {
      error: "the value is not a number within the range of 64-bit integers and doubles",
      code: "non_numeric_value",
    };
  const by = ((operation.amount as number | undefined) ?? 1) * (operation.op === "decr" ? -1 : 1);
  const value = (entry?.value ?? (operation.default as number | undefined) ?? 0) + by;
  const ttlMs = (operation.ttl as number | null | undefined) ?? FOR_EVER;
  const fresh = { ttl: ttlMs, until: clock.now() + ttlMs, grace: 0, counts: true, tagged: false };
  entries.set(operation.key, { ...(entry ?? fresh), value, version: "" });
  return { value };
}

function retimed(entry: Entry | undefined, { op, ttl: given }: Operation, now: number): boolean {
  if (entry === undefined) return false;
  if (op !== "touch") entry.ttl = op === "persist" || given === null ? FOR_EVER : (given as number);
  entry.until = now + entry.ttl;
  return true;
}
