/** Nobody gets past the tokens: by path, by header, by what a connection remembers, by keys, by content. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";
import type * as guarded from "./guarded.js";
import { tricks } from "./guarded.js";

describe("a server that asks for tokens", () => {
  it("lets nobody in without one, whatever the path is", async () =>
    expect(await tricks.paths401()).toEqual([]));
  it("takes nothing else for one", async () => expect(await tricks.headers401()).toEqual([]));
  it("does not go by what it remembers", async () => expect(await tricks.remembered()).toEqual([]));
  it("keeps tokens to their keys and scopes", async () => expect(await tricks.reach()).toEqual([]));
  it("does not wait for content that it will refuse", async () => expect(await tricks.content()).toEqual([]));
});

const app = "http/app.ts";
const holes: readonly [name: string, edit: Edit, trick: keyof typeof tricks][] = [
  [
    "tells paths apart first",
    {
      file: app,
      find: 'if (route?.scope === "open") return null;',
      replace:
        'if (route?.scope === "open") return null;\n    if (route === undefined) return nothingThere(caller.exchange, place);',
    },
    "paths401",
  ],
  [
    "takes what begins like an open path for it",
    {
      file: app,
      find: 'route?.scope === "open"',
      replace: '(route?.scope === "open" || caller.exchange.path.startsWith("/health"))',
    },
    "paths401",
  ],
  ["forgets to forget", { file: app, find: "head.sameFields", replace: "true" }, "remembered"],
  [
    "keeps tokens that were taken away",
    {
      file: "http/admission.ts",
      find: "credentials.generation === access.generation",
      replace: "credentials.generation >= 0",
    },
    "remembered",
  ],
  [
    "does not ask for the scope",
    {
      file: "http/admission.ts",
      find: "if (!mayDo(principal, scope)) return notAllowed(principal, scope);",
      replace: "",
    },
    "reach",
  ],
  [
    "lets readers write by the batch",
    { file: "routes/batch/serve.ts", find: "plan.writes && ", replace: "false && " },
    "reach",
  ],
  [
    "does not look at keys of batches",
    { file: "routes/batch/plan.ts", find: "if (prefixes === null &&", replace: "if (" },
    "reach",
  ],
  [
    "does not look at keys of gets",
    { file: "routes/cache/key-param.ts", find: "exchange.principal.prefixes === null &&", replace: "" },
    "reach",
  ],
  [
    "scans everything",
    {
      file: "routes/cache/scan.ts",
      find: "if (mayTouch(principal, prefix)) return prefix;",
      replace: "if (principal) return prefix;",
    },
    "reach",
  ],
  [
    "waits for content",
    {
      file: app,
      find: "this.#refuse(caller.exchange, caller.verdict);\n    return null;",
      replace: "caller.decided = true;\n    return this.#contentMax;",
    },
    "content",
  ],
];

describe("the tricks find a server that", () => {
  for (const [name, edit, trick] of holes) {
    it(name, async () => {
      const module = await broken<typeof guarded>(new URL("./guarded.ts", import.meta.url), edit);
      const stuck = new Promise<string[]>((resolve) => setTimeout(resolve, 3_000, ["it hangs"]).unref());
      expect(await Promise.race([module.tricks[trick](), stuck])).not.toEqual([]);
    });
  }
});
