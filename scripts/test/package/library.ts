/** The library, installed: as ESM and CommonJS, in browsers, and its types under each way to resolve them. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { reachableFrom } from "./built-files.js";
import { type Consumer, manifestOf, root, subpathsOf } from "./consumer.js";

/** What needs threads, buffers and drivers is for Node alone: these, and what is below them. */
const nodeOnly = ["table", "stores", "tiered", "patterns", "prometheus", "otel"];
const isForAll = (subpath: string) => !nodeOnly.includes(subpath.split("/")[1]);
/** Interfaces, for those who implement them. */
const typesOnly = ["stowage/stores"];
const subpaths = subpathsOf(manifestOf(join(root, "packages/stowage")));

/** Prints a few answers of a cache, so that a build that loads but does not work shows. */
const session = `
const cache = new Cache({ max: 2 });
cache.set("a", 1);
cache.set("b", 2, { ttl: "5m" });
console.log(cache.get("a"), cache.size(), cache.get("none"));
cache.close();`;
const answers = "1 2 undefined";

const typed = `
const cache: Cache<string, number> = new Cache<string, number>({ max: 2, ttl: "5m" });
const found: number | undefined = cache.get("a");
// @ts-expect-error a string is no number
cache.set("a", "1");
export { found };`;

export function describeLibrary(installed: () => Consumer): void {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = installed();
  });

  describe("the installed package", () => {
    it("works as ESM", () => {
      consumer.write("session.mjs", `import { Cache } from "stowage";${session}`);
      expect(consumer.node("session.mjs")).toBe(answers);
    });

    it("works as CommonJS", () => {
      consumer.write("session.cjs", `const { Cache } = require("stowage");${session}`);
      expect(consumer.node("session.cjs")).toBe(answers);
    });

    it("works where there is no process, as in a browser", () => {
      consumer.write(
        "browser.mjs",
        `const { log } = console; globalThis.process = undefined; globalThis.console = { log };
      const { Cache } = await import("stowage");${session}`,
      );
      expect(consumer.node("browser.mjs")).toBe(answers);
    });

    it.each(subpaths.filter((subpath) => !typesOnly.includes(subpath)))(
      "exports the same names from both builds: %s",
      (subpath) => {
        // With the name that each function and class believes to have: "get?" where it is another.
        const names = `console.log(Object.entries(all).filter(([name]) => name !== "default").sort()
      .map(([name, value]) => typeof value === "function" && value.name !== name ? name + "?" : name).join());`;
        consumer.write("names.mjs", `import * as all from "${subpath}"; ${names}`);
        consumer.write("names.cjs", `const all = require("${subpath}"); ${names}`);
        const esm = consumer.node("names.mjs");
        expect(esm).toMatch(/^[\w,]+$/);
        expect(consumer.node("names.cjs")).toBe(esm);
      },
    );

    it.each([
      ["ESM", "suite.mjs", (name: string, from: string) => `import ${name} from "${from}";`],
      ["CommonJS", "suite.cjs", (name: string, from: string) => `const ${name} = require("${from}");`],
    ])("passes its own conformance suite as %s", (_format, file, load) => {
      consumer.write(
        file,
        `${load("{ Cache }", "stowage")}
      ${load("{ allAbilities, cacheCases, failingCases }", "stowage/testing")}
      const create = (options) => new Cache(options);
      failingCases({ name: "built", create, abilities: allAbilities() }).then((failures) => {
        console.log(cacheCases.length > 100, failures.map(({ name, error }) => name + ": " + error).join());
      });`,
      );
      expect(consumer.node(file)).toBe("true");
    });

    it("imports nothing of Node where browsers load it", () => {
      const imported = reachableFrom(join(consumer.folder, "node_modules/stowage/dist/index.js"));
      expect([...imported.outside]).toEqual([]);
      expect(imported.files.size).toBeGreaterThan(0);
    });
  });

  describe("the types", () => {
    const sourceOf = (names: readonly string[]) => {
      const all = names.map((name, at) => `import * as all${at} from "${name}"; export { all${at} };`);
      return `import { Cache } from "stowage"; ${all.join(" ")}${typed}`;
    };
    const browser = { lib: ["ES2022", "DOM"], types: [] };
    const node = { lib: ["ES2022"], types: ["node"] };

    beforeAll(() => {
      for (const extension of ["mts", "cts", "ts"]) {
        consumer.write(`typed.${extension}`, sourceOf(subpaths));
        consumer.write(`light.${extension}`, sourceOf(subpaths.filter(isForAll)));
      }
    });

    it.each([
      ["node16, ESM and CommonJS, on Node", ["typed.mts", "typed.cts"], { module: "node16", ...node }],
      [
        "nodenext, ESM and CommonJS, in a browser",
        ["light.mts", "light.cts"],
        { module: "nodenext", ...browser },
      ],
      ["bundler, on Node", ["typed.ts"], { module: "esnext", moduleResolution: "bundler", ...node }],
      ["bundler, in a browser", ["light.ts"], { module: "esnext", moduleResolution: "bundler", ...browser }],
      ["node10, CommonJS", ["typed.ts"], { module: "commonjs", moduleResolution: "node10", ...node }],
    ])("are right under %s", (_resolution, files, options) => {
      expect(() => consumer.tsc(files, options)).not.toThrow();
    });
  });
}
