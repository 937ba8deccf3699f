/** The promises of collections find collections that are broken, each by one edit of their sources. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundleEdited, type Edit } from "../../../../../scripts/build/edited.js";

const run = promisify(execFile);
const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

async function broken(...edits: Edit[]): Promise<string | null> {
  const program = await bundleEdited(new URL("./scenes.program.ts", import.meta.url), {
    sources,
    edits,
  });
  const { stdout } = await run(process.execPath, [program], { timeout: 60_000 });
  return JSON.parse(stdout);
}

const mutants: readonly [name: string, file: string, find: string, replace: string][] = [
  ["forgets the prefix", "collection.ts", "return this.prefix + id;", "return id;"],
  [
    "leaves the prefix on",
    "collection.ts",
    "if (value !== undefined) values.set(key.slice(this.prefix.length), value);",
    "if (value !== undefined) values.set(key, value);",
  ],
  [
    "does not check what it stores",
    "judge.ts",
    'if ("issues" in result) throw new InvalidDataError(where, key, result.issues);',
    "",
  ],
  [
    "checks no list of entries",
    "collection.ts",
    'for (const [key, value] of keyed) await this.#judge.admit("setMany", key, value);',
    "",
  ],
  ["checks no list that is loaded", "collection.ts", "judge.isIdle ? loader : guarded", "loader"],
  [
    "stores what the schema made of it",
    "judge.ts",
    "      return result;\n",
    "      return (await validate(this.#schema, value) as { value: unknown }).value;\n",
  ],
  [
    "gives what was stored",
    "judge.ts",
    'if (!("issues" in result)) return result;',
    'if (!("issues" in result)) return { value };',
  ],
  [
    "gives what does not fit",
    "judge.ts",
    'return "value" in checked ? (checked.value as Output) : undefined;',
    "return value as Output;",
  ],
  [
    "remembers what does not fit",
    "collection.ts",
    '(value: unknown) => judge.check("remember", key, value)',
    "(value: unknown) => ({ value })",
  ],
  ["throws nothing", "judge.ts", "if (this.#throws) throw error;", ""],
  ["throws always", "judge.ts", "if (this.#throws) throw error;", "throw error;"],
  ["gives its loader the key", "judge.ts", "await loader(id, {", "await loader(key, {"],
  [
    "gives its loader an old value that does not fit",
    "judge.ts",
    'old !== undefined && "value" in old ? old.value : undefined',
    "stale",
  ],
  ["shows its list among its items", "collection.ts", "if (!this.#listKeys.has(key)) yield", "yield"],
  ["keeps its list when it is cleared", "collection.ts", "keys: [...this.#listKeys], prefix", "prefix"],
];

describe("a collection that", () => {
  for (const [name, file, find, replace] of mutants)
    it(`${name} is found`, { timeout: 90_000 }, async () => {
      expect(await broken({ file: `client/collections/${file}`, find, replace })).not.toBe(null);
    });

  it("is the real one is not", async () => {
    expect(await broken()).toBe(null);
  });
});
