/** The scenes and the model fail on servers that break a promise of /v1: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../../support/mutants.js";
import type * as scenes from "./scenes.js";

type Scenes = typeof scenes;

const etag = "routes/v1/keys/etag.ts";
const put = "routes/v1/keys/put.ts";
const ask = "routes/v1/lease/ask.ts";
const fill = "routes/v1/lease/fill.ts";
const lease = "routes/v1/lease/lease.ts";
const release = "routes/v1/lease/release.ts";
const board = "feed/lease-board.ts";
const hub = "feed/hub.ts";
const beat = "feed/heartbeat.ts";
const stream = "feed/event-stream.ts";
const waiters = "feed/key-waiters.ts";

const mutants: readonly [name: string, edit: Edit, scene: (on: Scenes) => Promise<void>][] = [
  [
    "lets weak tags match strongly",
    { file: etag, find: "!tag.weak && ", replace: "" },
    (on) => on.checkModel(400, 1),
  ],
  [
    "looks at If-None-Match first",
    {
      file: etag,
      find: `  if (ifMatch !== undefined && !matches(ifMatch, version, isStrongMatch)) return "failed";
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, version, isWeakMatch)) return "not-modified";`,
      replace: `  if (ifNoneMatch !== undefined && matches(ifNoneMatch, version, isWeakMatch)) return "not-modified";
  if (ifMatch !== undefined && !matches(ifMatch, version, isStrongMatch)) return "failed";`,
    },
    (on) => on.checkModel(400, 1),
  ],
  [
    "forgets the grace",
    { file: "routes/v1/keys/write-headers.ts", find: "livesMs + graceMs", replace: "livesMs" },
    (on) => on.checkModel(400, 1),
  ],
  [
    "does not compare before it sets",
    { file: put, find: "table.compareAndSet(key, entry?.version ?? 0, bytes, options)", replace: "1" },
    (on) => on.checkModel(400, 1),
  ],
  [
    "deletes whatever the condition",
    {
      file: "routes/v1/keys/delete.ts",
      find: 'if (judge(conditions, entry.version) !== "pass")',
      replace: "if (false)",
    },
    (on) => on.checkModel(400, 1),
  ],

  [
    "does not note prefixes",
    { file: "routes/v1/invalidate.ts", find: "leases.noteInvalidation(bytes);", replace: "" },
    (on) => on.invalidatedWhileLoaded("prefix", false),
  ],
  [
    "takes every prefix for the key's",
    { file: board, find: "return begins ||", replace: "return true ||" },
    (on) => on.untouchedWhileLoaded(),
  ],
  [
    "fills like any write",
    {
      file: fill,
      find: "table.fill(key, lease.token, bytes, options)",
      replace: "table.set(key, bytes, options)",
    },
    (on) => on.invalidatedWhileLoaded("delete", false),
  ],
  [
    "does not look again once it has the lease",
    {
      file: ask,
      find: "  if (answer.granted) {\n",
      replace: "  if (answer.granted) {\n    table.release(answer.token);\n",
    },
    (on) => on.oneLoads(),
  ],
  [
    "gives no lease of what is fresh",
    { file: ask, find: "isFresh(found) && found.version !== seen", replace: "isFresh(found)" },
    (on) => on.renewsFresh(),
  ],
  [
    "renews what was renewed already",
    { file: ask, find: "isFresh(found) && found.version !== seen", replace: "isFresh(found) && seen === 0" },
    (on) => within(2_000, on.renewsFresh()),
  ],
  [
    "waits for what is newer than the answer",
    {
      file: lease,
      find: "wait(exchange, context, key, wanted, { ...asking,",
      replace: "wait(exchange, context, key, wanted, { ...asking, seen: asking.seen + 2,",
    },
    (on) =>
      within(
        2_000,
        on.waitsForNewer().then(() => on.renewsFresh()),
      ),
  ],
  [
    "calls stale what is to be renewed",
    { file: lease, find: "isFresh(old) ? fields : ", replace: "" },
    (on) => on.renewsFresh(),
  ],
  [
    "does not remember that there is nothing",
    { file: release, find: "return { for: forMs, ...tagsOf(head) };", replace: "return {};" },
    (on) => on.foundNothing("time"),
  ],
  [
    "forgets the tags of what was not there",
    { file: release, find: "return { for: forMs, ...tagsOf(head) };", replace: "return { for: forMs };" },
    (on) => on.foundNothing("tag"),
  ],
  [
    "gives a lease over nothing to nobody",
    { file: lease, find: "overNothing: true };", replace: "overNothing: false };" },
    (on) => on.foundNothing("renewal"),
  ],
  [
    "believes that there is nothing although a prefix was invalidated",
    {
      file: release,
      find: 'leases.fill(lease.sequence, Buffer.from(key, "utf8"), run)',
      replace: "run()",
    },
    (on) => on.nothingIsTooLate("prefix", false),
  ],
  [
    "does not wake those who wait for nothing",
    { file: release, find: "  leases.ring();\n", replace: "" },
    (on) => on.wokenByBell(),
  ],
  [
    "does not ring for a lease given back",
    { file: board, find: "Atomics.notify(this.#words, BELL);", replace: "" },
    (on) => within(2_000, on.wokenByBell()),
  ],
  [
    "does not check tokens",
    {
      file: "routes/v1/lease/token.ts",
      find: "if (!timingSafeEqual(Buffer.from(right), Buffer.from(given))) return undefined;",
      replace: "void right; void given;",
    },
    (on) => on.tokensAreBound(),
  ],
  [
    "does not wake those who wait",
    { file: waiters, find: "this.#ask(name);\n    }", replace: "}" },
    (on) => within(2_000, on.wokenBy("fill")),
  ],
  [
    "keeps the place of who has gone",
    {
      file: lease,
      find: "connection.onEnding = giveUp;",
      replace: "connection.onClose = null;",
    },
    (on) => within(2_000, on.waiterGone()),
  ],
  [
    "gives old values to those who want none",
    { file: lease, find: "asked.stale !== undefined && takesStale", replace: "asked.stale !== undefined" },
    (on) => on.waitsForFresh(),
  ],
  [
    "keeps old values from those whose time is up",
    { file: lease, find: "lookFor(true) || giveUp()", replace: "giveUp()" },
    (on) => on.waitsForFresh(),
  ],
  [
    "says how long an old value lives instead of how long it is dead",
    { file: lease, find: "Math.floor(-freshMs)", replace: "Math.floor(freshMs)" },
    (on) => on.waitsForFresh(),
  ],
  [
    "never looks at the time of leases",
    { file: hub, find: "for (const listener of this.#listeners) listener.tick();", replace: "" },
    (on) => within(2_000, on.wokenBy("expiry")),
  ],

  [
    "forgets at once when nobody listens",
    {
      file: hub,
      find: "    this.#linger = setTimeout(() => {",
      replace:
        "    this.#follower?.close();\n    this.#follower = undefined;\n    this.#linger = setTimeout(() => {",
    },
    (on) => on.resumes("header"),
  ],
  [
    "begins anew for who comes back",
    { file: stream, find: "this.#hub.since(from, REPLAY_MAX)", replace: "[]" },
    (on) => on.resumes("header").then(() => on.resetsWhoIsBehind()),
  ],
  [
    "tells again what it told",
    { file: hub, find: "this.#table.follow({ from });", replace: "this.#table.follow({ from: from - 1 });" },
    (on) => on.resumes("query"),
  ],
  [
    "says nothing of what was missed",
    {
      file: stream,
      find: "past === undefined ? resetEvent(position)",
      replace: "past === undefined ? placeEvent(position)",
    },
    (on) => on.resetsWhoIsBehind(),
  ],
  [
    "does not wait for what it has still to tell",
    { file: beat, find: "if (this.#target === undefined || position < this.#target) return;", replace: "" },
    (on) => on.aliveAfterEverything(),
  ],
  [
    "takes the moment of sending for that of looking",
    {
      file: beat,
      find: "this.#parts.send(position, this.#atMs);",
      replace: "this.#parts.send(position, this.#parts.now());",
    },
    (on) => on.momentComesFirst(),
  ],
  [
    "says that who is behind is not",
    {
      file: stream,
      find: "if (this.#behindAt !== undefined) return;\n    this.#send(alive",
      replace: "this.#send(alive",
    },
    (on) => on.notAliveWhileBehind(),
  ],
  [
    "says nothing at first",
    { file: stream, find: "this.#heartbeat.beat();", replace: "" },
    (on) => on.aliveAtOnce().then(() => on.aliveAfterWhatWasMissed()),
  ],
  [
    "says that all is known before what was missed",
    { file: stream, find: "this.#begin(from);", replace: "this.#beginHeartbeat(); this.#begin(from);" },
    (on) => on.aliveAfterWhatWasMissed(),
  ],
];

/** What hangs has failed. */
function within(ms: number, run: Promise<void>): Promise<void> {
  return Promise.race([
    run,
    new Promise<void>((_, reject) => setTimeout(() => reject(new Error("it hangs")), ms)),
  ]);
}

describe("a server that", () => {
  it.each(mutants)("%s is found out", async (_, edit, scene) => {
    const on = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), edit);
    on.patience.ms = 1_000;
    await expect(scene(on)).rejects.toThrow();
  });
});
