/** The scenes fail on stores that break a promise of durability: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";
import type * as scenes from "./scenes.js";

type Scenes = typeof scenes;

const mutants: readonly [name: string, edit: Edit, scene: (on: Scenes) => Promise<string[]>][] = [
  [
    "takes none at intervals",
    { file: "durability/store.ts", find: "this.#schedule(options.everyMs);", replace: "" },
    (on) => on.killed(300),
  ],
  [
    "takes only one",
    {
      file: "durability/store.ts",
      find: "this.#schedule(saved ? leftMs : Math.min(everyMs, retryMsMax));",
      replace: "void leftMs;",
    },
    (on) => on.killed(300),
  ],
  [
    "takes none at the end",
    { file: "durability/store.ts", find: "(await this.#last())", replace: "true" },
    (on) => on.closed(false),
  ],
  [
    "is content with the one under way at the end",
    {
      file: "durability/store.ts",
      find: "return this.snapshot();\n  }\n\n  #start",
      replace: "return this.#running ?? this.snapshot();\n  }\n\n  #start",
    },
    (on) => on.closed(true),
  ],
  [
    "waits for the interval after a failure",
    {
      file: "durability/store.ts",
      find: "saved ? leftMs : Math.min(everyMs, retryMsMax)",
      replace: "leftMs",
    },
    (on) => on.diskGone(300),
  ],
  [
    "does not count failures",
    {
      file: "durability/store.ts",
      find: 'const failures = addFigure(memory, "failures");',
      replace: "const failures = 0; void memory;",
    },
    (on) => on.diskGone(300),
  ],
  [
    "does not keep a damaged one",
    { file: "durability/warm-start.ts", find: "await files.link(path, keptAs);", replace: "" },
    (on) => on.damaged("flip", 3),
  ],
  [
    "says nothing of damage",
    {
      file: "durability/warm-start.ts",
      find: "report.corruptBlocks > 0 || !report.complete",
      replace: "report.corruptBlocks > 9",
    },
    (on) => on.damaged("cut", 3),
  ],
  [
    "keeps the lock at the end",
    {
      file: "durability/lock.ts",
      find: "await this.#options.files.unlink(this.#path)",
      replace: "await Promise.resolve()",
    },
    (on) => on.twoServers(),
  ],
  [
    "takes over the locks of the living",
    { file: "durability/lock.ts", find: 'startNow === start ? "alive" : "gone"', replace: '"gone"' },
    (on) => on.twoServers(),
  ],
  [
    "does not look again after taking over",
    { file: "durability/lock.ts", find: "this.#held = await this.#isOurs();", replace: "this.#held = true;" },
    (on) => on.staleRace(8),
  ],
];

// Each bundle has a table of its own, which looks to the end of the process.
process.setMaxListeners(process.getMaxListeners() + mutants.length);

describe("a store that", () => {
  it.each(mutants)("%s is found out", async (_, edit, scene) => {
    const on = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), edit);
    expect(await scene(on).catch((error) => [String(error)])).not.toEqual([]);
  });
});
