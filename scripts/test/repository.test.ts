/** Facts that stand in two places agree, and the sources keep the few rules of form that a machine can see. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { typeErrorsOf } from "../docs/check-types.js";
import { programsOf } from "../docs/programs.js";
import { readTree } from "../layers/read-tree.js";

const root = join(import.meta.dirname, "../..");
interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packages = readdirSync(join(root, "packages"));
const text = (path: string) => readFileSync(join(root, path), "utf8");

describe("the repository", () => {
  it("has a lock file that names no registry", () => {
    expect(text("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  });

  it("has a lock file that knows every optional dependency, or npm ci refuses it", () => {
    const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, LockedPackage> };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it.each(packages)("publishes its licence unchanged: %s", (folder) => {
    expect(text(`packages/${folder}/LICENSE`)).toBe(text("LICENSE"));
  });

  it("tells readers and CI the same test command", () => {
    expect(text("README.md")).toMatch("npm ci && npm test");
    expect(text(".ci/run")).toMatch(/^npm ci\b/m);
    expect(text(".ci/run")).toMatch(/\bnpm test$/m);
  });

  it.each(packages)("has a source for each published subpath: %s", (folder) => {
    const { exports: subpaths } = JSON.parse(text(`packages/${folder}/package.json`)) as { exports: object };
    for (const subpath of Object.keys(subpaths).filter((name) => name !== "./package.json")) {
      expect(existsSync(join(root, "packages", folder, "src", subpath, "index.ts")), subpath).toBe(true);
    }
  });
});

describe("sources", () => {
  const sources = [...readTree(root).sources].filter(([path]) => path.includes("/src/"));
  const offending = (bad: (source: string) => boolean) =>
    sources.filter(([, s]) => bad(s)).map(([path]) => path);

  it("open with a comment that says what they are", () => {
    expect(offending((source) => !/^(#!.*\n)?\/\*\*/.test(source))).toEqual([]);
  });

  it("are short enough to be one thing: at most 450 lines that are not comments", () => {
    const codeLines = (source: string) =>
      source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "").match(/^.*\S.*$/gm)?.length ?? 0;
    expect(offending((source) => codeLines(source) > 450)).toEqual([]);
  });
});

describe("a type test", () => {
  it("fails the type check when it is wrong", { timeout: 60_000 }, () => {
    const check = (type: string) =>
      typeErrorsOf(
        root,
        programsOf([
          {
            lang: "ts",
            code: `import { expectTypeOf } from "vitest";\nexpectTypeOf<string>().toEqualTypeOf<${type}>();`,
            line: 1,
            note: undefined,
          },
        ]),
      );
    expect(check("string")).toEqual([]);
    expect(check("number")).toHaveLength(1);
  });
});
