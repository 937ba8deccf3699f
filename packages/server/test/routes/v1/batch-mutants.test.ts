/** The cases, scenes and the model of /v1/batch fail on servers that break a promise: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../../support/mutants.js";
import type * as batchModel from "./batch-model.js";
import type * as batchScenes from "./batch-scenes.js";

type Scenes = typeof batchScenes & typeof batchModel;

const plan = "routes/v1/batch/plan.ts";
const wishes = "routes/v1/batch/wishes.ts";
const look = "routes/v1/batch/look.ts";
const apply = "routes/v1/batch/apply.ts";
const run = "routes/v1/batch/run.ts";
const cases = (on: Scenes) => on.keepsCases();
const model = (on: Scenes) => on.checkBatches(300, 1);

/** Breaks the sources: the placeholders are theirs. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: see above
const mutants: readonly [name: string, edit: Edit, scene: (on: Scenes) => Promise<void>][] = [
  [
    "does half of a bad batch",
    { file: "routes/batch/plan.ts", find: "if (this.#fault !== null) throw this.#fault;", replace: "" },
    cases,
  ],
  [
    "passes over members that it does not know",
    { file: plan, find: "unknownAt >= 0 || ", replace: "" },
    cases,
  ],
  [
    "passes over members that the operation does not have",
    { file: plan, find: " || (present & ~allowed[op]) !== 0", replace: "" },
    cases,
  ],
  [
    "takes a condition for none",
    { file: wishes, find: "return ifAbsent || ifVersion !== 0;", replace: "return ifAbsent;" },
    (on) => on.comparesAndSets(),
  ],
  [
    "sees what is stale",
    { file: look, find: "(graceMs === 0 || freshMs > 0)", replace: "true" },
    (on) => on.conditionsSeeNothingStale(),
  ],
  [
    "sees what is stale when it reads",
    {
      file: "stored/read.ts",
      find: "ttlMs <= stored.graceMs) return null;",
      replace: "ttlMs < 0) return null;",
    },
    cases,
  ],
  [
    "deletes whatever the version",
    { file: apply, find: "fresh && version === ifVersion && ", replace: "fresh && " },
    (on) => on.comparesAndSets(),
  ],
  [
    "forgets the grace when it gives another time",
    { file: apply, find: "ttlMs + graceBeside(ttlMs, graceMs)", replace: "ttlMs" },
    cases,
  ],
  ["takes the grace for time to live", { file: run, find: "meta.ttl - graceMs", replace: "meta.ttl" }, cases],
  ["keeps for ever", { file: plan, find: "{ ttl: lives }", replace: "{ ttl: null }" }, model],
  ["loses tags", { file: plan, find: "{ ttl: lives, tags }", replace: "{ ttl: lives }" }, cases],
  [
    "gives counters that are there another time",
    {
      file: apply,
      find: 'return `{"value":${addTo(table, key, sign < 0 ? -amount : amount, options)}}`;',
      replace:
        'const sum = addTo(table, key, sign < 0 ? -amount : amount, options); if (options?.ttl) table.expire(key, options.ttl); return `{"value":${sum}}`;',
    },
    cases,
  ],
  [
    "gives counters no beginning",
    {
      file: plan,
      find: "first !== undefined && { default: first }",
      replace: "first === -1 && { default: first }",
    },
    model,
  ],
  [
    "touches what is stale",
    { file: apply, find: "look(table, key).fresh && table.touch(key)", replace: "table.touch(key)" },
    cases,
  ],
  [
    "counts looks as reads",
    {
      file: look,
      find: "const there = table.has(key, meta);",
      replace: "const there = table.has(key, meta); table.get(key);",
    },
    (on) => on.looksDoNotCount(),
  ],
  [
    "mixes up the wishes of a batch that others come into",
    { file: plan, find: "if (this.wishes.length > 0) this.wishes = [];", replace: "this.wishes.length = 0;" },
    (on) => on.keepsApart(),
  ],
  [
    "says another version",
    { file: run, find: "out.putWhole(version);", replace: "out.putWhole(version + 1);" },
    model,
  ],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

describe("a server that", () => {
  it.each(mutants)("%s is found out", async (_, edit, scene) => {
    const on = await broken<Scenes>(new URL("./batch-broken.ts", import.meta.url), edit);
    await expect(scene(on)).rejects.toThrow();
  });
});
