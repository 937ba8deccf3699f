/** The scenes and the races fail on near caches that are broken: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { misfitsOf } from "../../../../../scripts/build/edited.js";
import type * as scenes from "./scenes.js";
import { broken, type Edit, nearSources } from "./support/broken.js";

type Scenes = typeof scenes;

const near = "near-cache.ts";
const feed = "feed.ts";
const feeds = "feeds.ts";
const changes = "changes.ts";
const horizon = "horizon.ts";
const connection = "connection.ts";

const races = (on: Scenes) => on.races(1_500);

const mutants: readonly [
  name: string,
  edits: Edit | readonly Edit[],
  scene: (on: Scenes) => Promise<void>,
][] = [
  // What is kept.
  ["keeps what was overtaken", { file: near, find: "read.isOvertaken || ", replace: "" }, races],
  [
    "keeps what a reset, a clear or a tag overtook",
    { file: near, find: "if (latest.isOver) return undefined;", replace: "" },
    races,
  ],
  [
    "keeps what was read before it follows",
    [
      { file: near, find: '(!feed.isOpen && this.#options.whenBehind === "off")', replace: "false" },
      { file: feed, find: "if (!this.isOpen) this.dropAll();", replace: "" },
    ],
    (on) => on.subscribesFirst(),
  ],
  [
    "counts a time to live from the answer",
    { file: near, find: "(this.#parts.clock.now() - kept.beganAtMs)", replace: "0" },
    (on) => on.keepsTimesToLive(),
  ],
  [
    "forgets times to live",
    { file: near, find: "const ttl = leftMs === null ?", replace: "const ttl = true ?" },
    races,
  ],
  [
    "takes everything for untagged",
    { file: near, find: "isTagged ? read.tagged : read.plain", replace: "read.plain" },
    races,
  ],
  [
    "takes what is not known for untagged",
    { file: near, find: "isTagged = true", replace: "isTagged = false" },
    (on) => on.dropsByTag(),
  ],
  [
    "takes everything for tagged",
    { file: near, find: "isTagged ? read.tagged : read.plain", replace: "read.tagged" },
    (on) => on.dropsByTag(),
  ],
  [
    "lets two reads of a key be kept",
    { file: near, find: "if (this.#reads.has(key)) return undefined;", replace: "" },
    (on) => on.keepsOneReadAtATime(),
  ],
  [
    "never forgets a read that was overtaken",
    {
      file: "reads.ts",
      find: "read.isOvertaken = true;\n    this.#reads.delete(key);",
      replace: "read.isOvertaken = true;",
    },
    (on) => on.keepsOneReadAtATime(),
  ],
  [
    "ignores prefixes",
    { file: near, find: "prefixes === null ||", replace: "true ||" },
    (on) => on.keepsPrefixes(),
  ],
  ["ignores weight", { file: near, find: "weigher(value, key)", replace: "1" }, (on) => on.keepsBounds()],
  [
    "keeps the old value where the new one is too heavy",
    { file: near, find: "this.#parts.onError(error);", replace: "throw error;" },
    (on) => on.keepsBounds(),
  ],

  // What goes.
  [
    "ignores the feed",
    { file: near, find: "keyChanged: (key) => this.#drop(key)", replace: "keyChanged: () => {}" },
    races,
  ],
  [
    "ignores long keys",
    {
      file: near,
      find: "longKeyChanged: (start, length) => this.#dropLong(start, length)",
      replace: "longKeyChanged: () => {}",
    },
    races,
  ],
  [
    "does not overtake reads of long keys",
    { file: near, find: "this.#reads.overtakeLong(label);", replace: "" },
    (on) => on.refusesWhatWasOvertaken(),
  ],
  [
    "drops all for a long key",
    { file: "long-keys.ts", find: "utf8Length(start) < START_BYTES_MIN", replace: "true" },
    (on) => on.keepsWhatWasNot(),
  ],
  [
    "ignores tags",
    { file: feed, find: "this.dropTagged();\n    else if", replace: "void 0;\n    else if" },
    races,
  ],
  ["ignores clear", { file: feed, find: 'change.kind === "clear"', replace: "false" }, races],
  [
    "ignores reset",
    { file: feed, find: "this.resets++;\n    this.dropAll();", replace: "this.resets++;" },
    races,
  ],
  [
    "ignores evictions",
    { file: changes, find: '"expire", "evict"', replace: '"expire", "unknown"' },
    (on) => on.dropsWhatIsNamed(),
  ],
  [
    "ignores what it does not understand",
    { file: changes, find: 'type === "" && data === "" ? place : reset', replace: "place" },
    (on) => on.mistrustsTheUnknown(),
  ],
  [
    "ignores what is no JSON",
    {
      file: changes,
      find: "  return reset;\n}\n\nfunction alive",
      replace: "  return place;\n}\n\nfunction alive",
    },
    (on) => on.mistrustsTheUnknown(),
  ],
  ["keeps its own writes", { file: near, find: "if (!this.#closed) this.#drop(key);", replace: "" }, races],
  [
    "keeps what other servers have now",
    { file: near, find: "latest === epoch || this.#feeds.of(key)?.node === latest.node", replace: "true" },
    races,
  ],
  [
    "drops all when servers come or go",
    { file: feed, find: "this.plain = this.plain.hand();", replace: "this.plain = this.plain.end();" },
    (on) => on.followsTheCluster(),
  ],
  [
    "drops all servers' entries with one's",
    { file: near, find: "this.#feeds.size === 1 && ", replace: "" },
    (on) => on.dropsOneServers(),
  ],

  // The bound.
  [
    "ignores the bound",
    { file: near, find: "nowMs - epoch.knownUntilMs <= this.#boundMs", replace: "epoch.knownUntilMs > 0" },
    (on) => on.keepsToTheBound(),
  ],
  [
    "reckons from when events arrive",
    { file: feed, find: "Math.min(nowMs, horizon.alive(atMs))", replace: "(horizon.alive(atMs), nowMs)" },
    (on) => on.keepsToTheBound(),
  ],
  [
    "reckons from the answer instead of the request",
    {
      file: connection,
      find: "this.heardAtMs = clock.now();\n    if",
      replace: "this.heardAtMs = clock.now(); (this as any).horizon = new Horizon(clock.now());\n    if",
    },
    (on) => on.keepsToTheBound(),
  ],
  [
    "trusts the clocks for ever",
    [
      { file: horizon, find: "* (1 - DRIFT)", replace: "" },
      { file: horizon, find: "this.#elapsedMs * DRIFT > boundMs * WORN_SHARE", replace: "false" },
    ],
    (on) => on.outlivesDrift(),
  ],
  [
    "never begins its reckoning anew",
    { file: horizon, find: "this.#elapsedMs * DRIFT > boundMs * WORN_SHARE", replace: "false" },
    (on) => on.outlivesDrift(),
  ],
  [
    "trusts a reading of the clock whatever is left of the bound",
    { file: near, find: "nowMs - this.#boundMs / 2", replace: "nowMs - this.#boundMs" },
    (on) => on.keepsToTheBound(),
  ],
  [
    "trusts a reading of the clock for ever",
    [
      { file: near, find: "this.#trusted-- > 0", replace: "true" },
      { file: near, find: "nowMs - this.#boundMs / 2", replace: "nowMs - this.#boundMs" },
    ],
    (on) => on.keepsToTheBound(),
  ],
  [
    "gives short-lived entries out for as long as it is behind",
    { file: near, find: "this.#parts.clock.now() - kept.beganAtMs <= whenBehind.ttl", replace: "true" },
    races,
  ],
  [
    "never gives short-lived entries out",
    { file: near, find: 'return whenBehind !== "off" && ', replace: "return false && " },
    (on) => on.givesShortLived(),
  ],
  [
    "takes sleep for no time",
    { file: feeds, find: "if (sleptMs > this.#options.maxStaleness / 2) feed.distrust();", replace: "" },
    (on) => on.noticesSleep(),
  ],
  [
    "takes a clock that is set back for sleep",
    {
      file: feeds,
      find: "if (sleptMs > this.#options.maxStaleness / 2)",
      replace: "if (Math.abs(sleptMs) > this.#options.maxStaleness / 2)",
    },
    (on) => on.noticesSleep(),
  ],

  // Following.
  [
    "does not resume, and does not mind",
    [
      { file: feed, find: "from: this.#place,", replace: "from: undefined," },
      { file: feed, find: "this.#expected = this.#place;", replace: "" },
    ],
    races,
  ],
  [
    "does not resume",
    { file: feed, find: "from: this.#place,", replace: "from: undefined," },
    (on) => on.resumes(),
  ],
  [
    "trusts a server that goes on from elsewhere",
    { file: feed, find: "event.id !== this.#expected", replace: "false" },
    (on) => on.mistrustsAnotherPlace(),
  ],
  [
    "waits for a connection that is half open",
    { file: feed, find: "if (nowMs - heardAtMs > heartbeatMs * SILENT_BEATS) return true;", replace: "" },
    (on) => on.findsHalfOpen(),
  ],
  [
    "gives up connections that it had no time to read",
    { file: feed, find: "!late && ", replace: "" },
    (on) => on.forgivesBlocking(),
  ],
  [
    "asks again at once",
    { file: feed, find: "this.#backoffMs(error);\n    this", replace: "0;\n    this" },
    (on) => on.backsOffFromFlapping(),
  ],
  [
    "takes every connection for a good one",
    { file: feed, find: ">= GOOD_MS", replace: ">= 0" },
    (on) => on.backsOffFromFlapping(),
  ],
  [
    "asks one that refuses as often as others",
    { file: feed, find: "isLasting(error) ? REFUSED_PAUSE_MS : ", replace: "" },
    (on) => on.isRefused(),
  ],
  [
    "never asks one that refused again",
    { file: feed, find: "const REFUSED_PAUSE_MS = 60_000", replace: "const REFUSED_PAUSE_MS = 60_000_000" },
    (on) => on.isRefused(),
  ],
  [
    "takes any answer for the feed",
    {
      file: "refusal.ts",
      find: '&& stream.header("content-type")?.startsWith("text/event-stream")',
      replace: "",
    },
    (on) => on.isRefused(),
  ],
  [
    "comes back before it may",
    { file: feed, find: "retryAfterMs });", replace: "retryAfterMs: 0 });" },
    (on) => on.waitsAsAsked(),
  ],
  [
    "keeps whatever is sent to it",
    {
      file: "event-stream.ts",
      find: "this.#rest.length > LINE_MAX || this.#data.length > LINE_MAX",
      replace: "false",
    },
    (on) => on.boundsGarbage(),
  ],
  [
    "leaves its timer",
    {
      file: feeds,
      find: "if (this.#tick !== undefined) this.#parts.clock.clearTimer(this.#tick);",
      replace: "",
    },
    (on) => on.counts(),
  ],
  [
    "leaves its stream",
    { file: feed, find: "this.#connection?.end();\n    this.plain", replace: "this.plain" },
    (on) => on.counts(),
  ],
  [
    "goes on following after close",
    { file: feed, find: "if (this.#closed) return;\n    const { clock }", replace: "const { clock }" },
    (on) => on.counts(),
  ],
];

describe("the scenes find a near cache that", () => {
  for (const [name, edits, scene] of mutants) {
    it(name, async () => {
      const on = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), [edits].flat());
      await expect(scene(on)).rejects.toThrow();
    });
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () => {
    expect(
      misfitsOf(
        nearSources,
        mutants.flatMap(([, edits]) => [edits].flat()),
      ),
    ).toEqual([]);
  });

  it("names scenes that find nothing wrong with the real near cache, from a bundle", async () => {
    const on = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), []);
    for (const [, , scene] of mutants) if (scene !== races) await scene(on);
    await races(on);
  });
});
