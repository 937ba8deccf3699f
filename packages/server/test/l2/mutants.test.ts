/** The scenes of a fleet fail on servers that break what they promise: one edit of the sources each. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";
import type * as scenes from "./broken-scenes.js";
import { endSharedRedis, sharedRedis } from "./support.js";

const mutants: readonly [name: string, scene: string, edit: Edit][] = [
  [
    "tells nobody what was written",
    "writesAreSeen",
    { file: "l2/tier.ts", find: "if (isSent) await this.coherence.wrote([key]);", replace: "" },
  ],
  [
    "does not drop what others wrote",
    "writesAreSeen",
    {
      file: "l2/coherence.ts",
      find: "if (text[SERVER_ID_CHARS] === KEY) shelf.drop(name);",
      replace: "if (text[SERVER_ID_CHARS] === KEY) continue;",
    },
  ],
  [
    "takes everybody for a neighbour",
    "writesAreSeen",
    { file: "l2/coherence.ts", find: "if (text.startsWith(serverId)) continue;", replace: "continue;" },
  ],
  [
    "does not keep what it writes",
    "copiesAnswer",
    { file: "l2/tier.ts", find: "this.keep(ticket, draft, written.version);", replace: "" },
  ],
  [
    "believes what a tag made invalid",
    "countsTogether",
    { file: "l2/tier.ts", find: "if (tags.length === 0) return true;", replace: "return true;" },
  ],
  [
    "tells nobody of tags",
    "invalidationsAreSeen",
    { file: "l2/tier.ts", find: "await this.coherence.wroteTags(tags, epoch);", replace: "void epoch;" },
  ],
  [
    "tells nobody of a clear",
    "invalidationsAreSeen",
    { file: "l2/sweep.ts", find: "await tier.coherence.wroteAll();", replace: "" },
  ],
  [
    "clears the first page only",
    "pagesAreOfTheFleet",
    {
      file: "l2/sweep.ts",
      find: 'const next = page.cursor === "0" ? [index + 1, "0"] : [index, page.cursor];',
      replace: 'const next = [index + 1, "0"];',
    },
  ],
  [
    "adds as doubles do",
    "countsTogether",
    {
      file: "l2/scripts.ts",
      find: "local sum = redis.pcall('HINCRBY', K, 'v', ARGV[1])",
      replace: "local sum = redis.call('HSET', K, 'v', text(tonumber(v) + tonumber(ARGV[1])))",
    },
  ],
  [
    "stores over what was written since it read",
    "countsTogether",
    { file: "l2/counters.ts", find: "fresh.found?.version ?? 0", replace: "undefined" },
  ],
  [
    "sets without its condition",
    "comparesAndSets",
    {
      file: "l2/scripts.ts",
      find: "if ARGV[7] ~= '' and ARGV[7] ~= current then return { '0' } end",
      replace: "",
    },
  ],
  [
    "gives versions of its own",
    "comparesAndSets",
    { file: "l2/shelf.ts", find: "version: versionAt(bytes, length),", replace: "version: meta.version," },
  ],
  [
    "begins versions anew after a delete",
    "comparesAndSets",
    {
      file: "l2/scripts.ts",
      find: "  return text(US)\nend",
      replace: "  return H[3] and text(last + 1) or '1'\nend",
    },
  ],
  [
    "keeps what was overtaken",
    "overtakenIsNotKept",
    {
      file: "l2/shelf.ts",
      find: 'filled = leases.fill(ticket.sequence, Buffer.from(ticket.key, "utf8"), fill);',
      replace: "filled = table.set(ticket.key, item, options);",
    },
  ],
  [
    "does not ask again for what was overtaken",
    "overtakenIsNotKept",
    { file: "l2/tier.ts", find: "const ATTEMPTS = 3;", replace: "const ATTEMPTS = 1;" },
  ],
  [
    "keeps copies for ever",
    "timesAreThoseOfTheEntry",
    { file: "l2/shelf.ts", find: "const ttl = Math.min(ttlMs, leftMs);", replace: "const ttl = leftMs;" },
  ],
  [
    "takes a copy's time for the entry's",
    "timesAreThoseOfTheEntry",
    { file: "l2/shelf.ts", find: "leftMs: endAt(bytes, length) - now(),", replace: "leftMs: meta.ttl," },
  ],
  [
    "lets entries live on",
    "timesAreThoseOfTheEntry",
    {
      file: "l2/scripts.ts",
      find: "if ttl ~= '' then x = text(NOW + tonumber(ttl)) end",
      replace: "",
    },
  ],
  [
    "believes the table whatever it hears",
    "toldWhileAway",
    { file: "l2/coherence.ts", find: "        this.#isTrusted = false;\n", replace: "" },
  ],
  [
    "clears nothing when it hears again",
    "toldWhileAway",
    { file: "l2/coherence.ts", find: "    shelf.clear();\n", replace: "" },
  ],
  [
    "tells errors for misses",
    "toldWhileAway",
    {
      file: "l2/tier.ts",
      find: 'if (this.#whenDown === "error" || ',
      replace: "if (this.#whenDown !== undefined || ",
    },
  ],
  [
    "keeps what it could not write",
    "slowIsAway",
    { file: "l2/tier.ts", find: "if (isSent) shelf.drop(key);", replace: "" },
  ],
];

/** Servers, Redis and time are real: what a fault brings about may not come about in one run. */
const RUNS = 3;

async function foundIn(run: () => Promise<void>): Promise<boolean> {
  for (let runs = 0; runs < RUNS; runs++) {
    try {
      await run();
    } catch {
      return true;
    }
  }
  return false;
}

beforeAll(async () => void (await sharedRedis()));
afterAll(endSharedRedis);

describe("the scenes find a server that", () => {
  it.concurrent.each(mutants)("%s", async (_, scene, edit) => {
    const { run } = await broken<typeof scenes>(new URL("./broken-scenes.ts", import.meta.url), edit);
    const { port } = await sharedRedis();
    await expect(foundIn(() => run(scene, port))).resolves.toBe(true);
  });

  it("is none, where nothing is broken", async () => {
    const { run } = await broken<typeof scenes>(new URL("./broken-scenes.ts", import.meta.url));
    const { port } = await sharedRedis();
    for (const scene of new Set(mutants.map(([, each]) => each))) await run(scene, port, 20_000);
  });
});
