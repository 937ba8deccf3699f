/** The layer check passes on this repository, and fails on trees with the faults it is there to find. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkLayers, type Manifest } from "../layers/check.js";
import { readTree } from "../layers/read-tree.js";

const root = join(import.meta.dirname, "../..");
const src = "packages/stowage/src";

const manifests: Manifest[] = [
  {
    folder: "packages/stowage/",
    name: "stowage",
    entries: ["stowage", "stowage/testing"],
    dependencies: ["declared"],
    devDependencies: [],
  },
  { folder: "simulator/", name: "sim", entries: [], dependencies: ["stowage"], devDependencies: [] },
  { folder: "bench/", name: "bench", entries: [], dependencies: [], devDependencies: ["peer"] },
];

function check(files: Record<string, string>): string[] {
  return checkLayers({ sources: new Map(Object.entries(files)), manifests, rootDependencies: ["vitest"] });
}

describe("layers of this repository", () => {
  it("hold", () => {
    const tree = readTree(root);
    expect(tree.sources.size).toBeGreaterThan(10);
    expect(checkLayers(tree)).toEqual([]);
  });
});

describe("an upward import", () => {
  it.each([
    ["base", "cache"],
    ["cache", "table"],
    ["table", "stores"],
    ["stores", "tiered"],
    ["tiered", "http"],
    ["client", "tiered"],
    ["cache", "testing"],
  ])("from %s to %s is refused", (from, to) => {
    const [problem] = check({ [`${src}/${from}/a.ts`]: `import { b } from "../${to}/b.js";` });
    expect(problem).toMatch(`${src}/${from}/a.ts:1 imports "../${to}/b.js": ${from} may import from`);
  });

  it.each([
    ["import type", `import type { B } from "../cache/b.js";`],
    ["re-export", `export * from "../cache/b.js";`],
    ["import()", `const b = await import("../cache/b.js");`],
    ["import() type", `type B = import("../cache/b.js").B;`],
  ])("is seen as %s too", (_form, source) => {
    expect(check({ [`${src}/base/a.ts`]: source })).toHaveLength(1);
  });

  it("is not seen in comments and strings", () => {
    const source = `// import "../cache/b.js"\nexport const text = 'import "../cache/b.js"';`;
    expect(check({ [`${src}/base/a.ts`]: source })).toEqual([]);
  });

  it("needs a rule for a room that has none", () => {
    expect(check({ [`${src}/attic/a.ts`]: `import "../base/b.js";` })[0]).toMatch(
      "no rule for the room attic",
    );
  });
});

describe("a cycle", () => {
  it("of static imports is refused, once", () => {
    const cycle = check({
      [`${src}/base/a.ts`]: `import "./b.js";`,
      [`${src}/base/b.ts`]: `import "./c.js";`,
      [`${src}/base/c.ts`]: `import "./a.js";`,
    });
    expect(cycle).toEqual([
      `import cycle: ${src}/base/a.ts -> ${src}/base/b.ts -> ${src}/base/c.ts -> ${src}/base/a.ts`,
    ]);
  });

  it("of type imports is no loading cycle", () => {
    const files = {
      [`${src}/base/a.ts`]: `import type { B } from "./b.js";`,
      [`${src}/base/b.ts`]: `import { a } from "./a.js";`,
    };
    expect(check(files)).toEqual([]);
  });
});

describe("Node's builtins", () => {
  it.each([
    `import "node:fs";`,
    `import { join } from "path";`,
    `await import("node:fs");`,
    `require("fs");`,
  ])("are refused where browsers run: %s", (source) => {
    expect(check({ [`${src}/cache/a.ts`]: source })[0]).toMatch("base/node.ts");
    expect(check({ [`${src}/testing/a.ts`]: source })).toEqual([]);
  });

  it("may be named as types", () => {
    expect(check({ [`${src}/cache/a.ts`]: `import type { Readable } from "node:stream";` })).toEqual([]);
  });
});

describe("imports across packages", () => {
  it("go through exports", () => {
    expect(check({ "simulator/src/a.ts": `import "stowage"; import "stowage/testing";` })).toEqual([]);
    expect(check({ "simulator/src/a.ts": `import "stowage/cache";` })[0]).toMatch(
      "stowage exports stowage, ",
    );
  });

  it("reach behind them only where the table says so", () => {
    const reach = (from: string, to: string) =>
      check({ [`${from}/src/a.ts`]: `import "../../${src}/${to}";` });
    expect(reach("simulator", "cache/policy/lru.js")).toEqual([]);
    expect(reach("simulator", "cache/state.js")[0]).toMatch("it leaves simulator/; import stowage or");
    expect(reach("bench", "cache/policy/lru.js")[0]).toMatch("it leaves bench/");
    expect(check({ [`${src}/base/a.ts`]: `import "../../../../scripts/a.js";` })[0]).toMatch(
      "it leaves packages/",
    );
  });

  it("must be declared, and published code needs more than a devDependency", () => {
    expect(check({ [`${src}/base/a.ts`]: `import "declared/sub";` })).toEqual([]);
    expect(check({ [`${src}/base/a.ts`]: `import "vitest";` })[0]).toMatch("not among the dependencies");
    expect(check({ "packages/stowage/test/a.ts": `import "vitest"; import "stowage";` })).toEqual([]);
    expect(check({ "bench/src/a.ts": `import "peer"; import "@scope/other/x";` })).toEqual([
      `bench/src/a.ts:1 imports "@scope/other/x": @scope/other is not among the dependencies of bench/package.json`,
    ]);
  });

  it("do not name the package they are in", () => {
    expect(check({ [`${src}/testing/a.ts`]: `import "stowage";` })[0]).toMatch("does not import itself");
  });
});

describe("the command", () => {
  const command = ["--import", "tsx", join(root, "scripts/check-layers.ts")];

  it("exits with 1 and names the import and the cycle of a broken tree", () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-layers-"));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    write("package.json", `{"name": "root", "workspaces": ["packages/*"]}`);
    write("packages/stowage/package.json", `{"name": "stowage"}`);
    write(`${src}/base/a.ts`, `import "../cache/b.js";`);
    write(`${src}/cache/b.ts`, `import "../base/a.js";`);
    const { status, stderr } = spawnSync(process.execPath, [...command, folder], {
      cwd: root,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toMatch(`${src}/base/a.ts:1 imports "../cache/b.js": base may import from no other room`);
    expect(stderr).toMatch(`import cycle: ${src}/base/a.ts -> ${src}/cache/b.ts -> ${src}/base/a.ts`);
  });

  it("exits with 0 on this repository", () => {
    expect(execFileSync(process.execPath, command, { cwd: root, encoding: "utf8" })).toMatch("0 problems");
  });
});
