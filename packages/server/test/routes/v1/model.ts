/**
 * Conditional requests, lifetimes and grace against a model that knows HTTP's rules and nothing of the server.
 *
 * The model takes ETags as the server gives them, and wants each to be new. Few keys and few tags, so that they meet.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "stowage/testing";
import { type Answer, type Client, withServers } from "./support.js";

interface Entry {
  readonly value: string;
  readonly etag: string;
  readonly freshUntil: number;
  readonly goneAt: number;
}

interface World {
  readonly clients: readonly Client[];
  readonly clock: FakeClock;
  readonly entries: Map<string, Entry>;
  /** Every ETag there ever was, by key. */
  readonly seen: Map<string, string[]>;
  count: number;
}

type Header = readonly string[] | undefined;
type Step =
  | {
      readonly do: "get" | "head" | "delete";
      readonly key: string;
      readonly match: Header;
      readonly none: Header;
      readonly at: number;
    }
  | {
      readonly do: "put";
      readonly key: string;
      readonly match: Header;
      readonly none: Header;
      readonly at: number;
      readonly ttl: number;
      readonly grace: number;
    }
  | { readonly do: "wait"; readonly ms: number };

const KEYS = ["", "a", "ä/%?#", "__proto__"];
/** What stands in a condition: the entry's own tag, an older one's, the weak form of the own, one that never was, anything. */
const pick = fc.constantFrom("own", "old", "weak", "never", "*");
const header = fc.option(fc.array(pick, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 2 });
const common = { key: fc.constantFrom(...KEYS), match: header, none: header, at: fc.nat(1) };
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ do: fc.constantFrom("get" as const, "head" as const, "delete" as const), ...common }),
    fc.record({
      do: fc.constant("put" as const),
      ...common,
      ttl: fc.constantFrom(0, 0, 100, 1_000),
      grace: fc.constantFrom(0, 0, 500),
    }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 99, 400, 1_000) }),
  ),
  { minLength: 1, maxLength: 30 },
);

/**
 * Rejects where the server and the model differ. Without a seed: other steps each time, and on a failure as few as show it,
 * which takes a while.
 */
export async function checkModel(numRuns: number, seed?: number): Promise<void> {
  const clock = new FakeClock();
  await withServers([{ clock }, { clock }], (...clients) =>
    fc.assert(
      fc.asyncProperty(steps, async (list) => {
        clients[0].server.table.clear();
        const world: World = { clients, clock, entries: new Map(), seen: new Map(), count: 0 };
        for (const step of list) await take(world, step);
      }),
      seed === undefined ? { numRuns } : { numRuns, seed, endOnFailure: true },
    ),
  );
}

async function take(world: World, step: Step): Promise<void> {
  if (step.do === "wait") return world.clock.advance(step.ms);
  const { key } = step;
  const entry = world.entries.get(key);
  const now = world.clock.now();
  const current = entry !== undefined && now < entry.freshUntil ? entry : undefined;
  const match = tagsOf(world, key, step.match, current);
  const none = tagsOf(world, key, step.none, current);
  const headers: Record<string, string> = {
    ...(match && { "if-match": match.join(", ") }),
    ...(none && { "if-none-match": none.join(" ,") }),
  };
  const client = world.clients[step.at];
  const failed = (match !== undefined && !isMatch(match, current, false)) as boolean;
  const same = none !== undefined && isMatch(none, current, true);
  if (step.do === "put") await put(world, step, client, headers, current, failed || same);
  else if (step.do === "delete") await remove(world, step, client, headers, current, failed || same);
  else
    read(
      await client.ask(pathOf(key), { method: step.do.toUpperCase(), headers }),
      step.do,
      current,
      now,
      failed,
      same,
    );
}

async function put(
  world: World,
  { key, ttl, grace, match, none }: Step & { do: "put" },
  client: Client,
  headers: Record<string, string>,
  current: Entry | undefined,
  refused: boolean,
): Promise<void> {
  const now = world.clock.now();
  const held = world.entries.get(key);
  const value = `value ${world.count++}`;
  const life =
    ttl === 0 ? {} : { "stowage-ttl": String(ttl), ...(grace > 0 && { "stowage-grace": `${grace}ms` }) };
  const answer = await client.ask(pathOf(key), {
    method: "PUT",
    body: value,
    headers: { ...headers, ...life },
  });
  if (refused) return assert.equal(answer.status, 412);
  // Without a condition, what is kept for its grace counts as replaced.
  const isNew = match || none ? current === undefined : held === undefined || now >= held.goneAt;
  assert.equal(answer.status, isNew ? 201 : 204);
  const etag = String(answer.headers.etag);
  const seen = world.seen.get(key) ?? [];
  assert.match(etag, /^"[^"]+"$/);
  assert.ok(!seen.includes(etag), "an ETag stands for two values");
  world.seen.set(key, [...seen, etag]);
  const freshUntil = ttl === 0 ? Number.POSITIVE_INFINITY : now + ttl;
  world.entries.set(key, { value, etag, freshUntil, goneAt: ttl === 0 ? freshUntil : freshUntil + grace });
}

async function remove(
  world: World,
  { key, match, none }: Step & { do: "get" | "head" | "delete" },
  client: Client,
  headers: Record<string, string>,
  current: Entry | undefined,
  refused: boolean,
): Promise<void> {
  const { status } = await client.ask(pathOf(key), { method: "DELETE", headers });
  const held = world.entries.get(key);
  const conditional = match !== undefined || none !== undefined;
  const there = conditional ? current !== undefined : held !== undefined && world.clock.now() < held.goneAt;
  // RFC 9110 13.2.1: where the answer would be 404 in any case, conditions don't count.
  assert.equal(status, !there ? 404 : refused ? 412 : 204);
  if (status === 204) world.entries.delete(key);
}

function read(
  answer: Answer,
  method: string,
  current: Entry | undefined,
  now: number,
  failed: boolean,
  same: boolean,
): void {
  assert.equal(answer.status, current === undefined ? 404 : failed ? 412 : same ? 304 : 200);
  if (current === undefined || failed) return;
  assert.equal(answer.headers.etag, current.etag);
  const left = current.freshUntil - now;
  assert.equal(answer.headers["stowage-ttl"], left === Number.POSITIVE_INFINITY ? "none" : String(left));
  assert.equal(answer.body, same || method === "head" ? "" : current.value);
  if (!same) assert.equal(answer.headers["content-length"], String(current.value.length));
}

function tagsOf(world: World, key: string, picks: Header, current: Entry | undefined): string[] | undefined {
  if (picks === undefined) return undefined;
  if (picks.includes("*")) return ["*"];
  const old = world.seen.get(key)?.find((etag) => etag !== current?.etag) ?? '"old"';
  const own = current?.etag ?? '"own"';
  return picks.map((name) => ({ own, old, weak: `W/${own}`, never: '"never"' })[name] as string);
}

function isMatch(tags: readonly string[], current: Entry | undefined, weak: boolean): boolean {
  if (current === undefined) return false;
  return tags.some((tag) => tag === "*" || tag === current.etag || (weak && tag === `W/${current.etag}`));
}

function pathOf(key: string): string {
  return `/v1/keys/${encodeURIComponent(key)}`;
}
