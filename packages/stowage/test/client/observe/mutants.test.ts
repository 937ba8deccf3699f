/** The scenes fail on observing that is broken: each mutant is the real thing with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import type * as scenes from "./scenes.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
const observer = "client/observe/observer.ts";
const tracing = "client/observe/tracing.ts";

const mutants: readonly [name: string, edit: Edit][] = [
  [
    "lets a listener's error out",
    {
      file: observer,
      find: "    } catch {\n      this.#faults++;\n    }",
      replace: "    } finally {\n    }",
    },
  ],
  [
    "does not see a promise reject",
    { file: observer, find: "catchLate(onEvent(event), () => this.#faults++);", replace: "onEvent(event);" },
  ],
  ["counts no faults", { file: observer, find: 'if (event.type === "fault") this.#faults++;', replace: "" }],
  [
    "counts all as faults",
    { file: observer, find: 'if (event.type === "fault") this.#faults++;', replace: "this.#faults++;" },
  ],
  [
    "publishes all on one channel",
    { file: observer, find: 'event.type === "request" ? requests : others', replace: "requests" },
  ],
  [
    "publishes nothing",
    { file: observer, find: "if (channel?.hasSubscribers) channel.publish(event);", replace: "" },
  ],
  ["says that nobody can come", { file: observer, find: " || requests !== undefined", replace: "" }],
  [
    "tells subscribers instead of onEvent",
    { file: observer, find: "if (this.#onEvent !== null) this.#tell(this.#onEvent, event);", replace: "" },
  ],
  [
    "lets a propagator's error out",
    {
      file: observer,
      find: "      return withTrace(headers);\n    } catch (error) {",
      replace: "      return withTrace(headers);\n    } catch (error) {\n      throw error;",
    },
  ],
  [
    "keeps a propagator's error to itself",
    { file: observer, find: 'this.emit({ type: "fault", error });', replace: "" },
  ],
  [
    "finds the API once",
    { file: tracing, find: "(globalThis as { [apiKey]?: TracingApi })[apiKey] ?? {}", replace: "found" },
  ],
  [
    "lets a propagator take our headers' place",
    { file: tracing, find: "{ ...added, ...headers }", replace: "{ ...headers, ...added }" },
  ],
  ["leaves our headers out", { file: tracing, find: "{ ...added, ...headers }", replace: "added" }],
  [
    "makes a new record each time",
    { file: tracing, find: "  return headers;\n}\n", replace: "  return { ...headers };\n}\n" },
  ],
  [
    "writes into our record",
    {
      file: tracing,
      find: "const added: Record<string, string> = {};",
      replace: "const added = headers as Record<string, string>;",
    },
  ],
  ["keeps names as they are", { file: tracing, find: "name.toLowerCase()", replace: "name" }],
  ["takes any value", { file: tracing, find: " && headerValue.test(value)", replace: "" }],
  ["takes any name", { file: tracing, find: "headerName.test(name) && ", replace: "" }],
  [
    "does not look for a context",
    { file: tracing, find: "context.active()", replace: "{ getValue: () => undefined }" },
  ],
];

/** What the mutant "finds the API once" reads. */
const once: Edit = {
  file: tracing,
  find: "const headerName",
  replace:
    "const found: TracingApi = { ...(globalThis as { [apiKey]?: TracingApi })[apiKey] };\nconst headerName",
};

async function failing(edits: readonly Edit[]): Promise<string[]> {
  const entry = new URL("./scenes.ts", import.meta.url);
  const { observeScenes } = await importEdited<typeof scenes>(entry, { sources, edits });
  const failed: string[] = [];
  for (const { name, run } of observeScenes) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

describe("the scenes find observing that", () => {
  for (const [name, edit] of mutants) {
    it(name, async () =>
      expect(await failing(edit.replace === "found" ? [edit, once] : [edit])).not.toEqual([]),
    );
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () =>
    expect(misfitsOf(sources, [once, ...mutants.map(([, edit]) => edit)])).toEqual([]));
  it("finds nothing wrong with what is not broken", async () => expect(await failing([])).toEqual([]));
});
