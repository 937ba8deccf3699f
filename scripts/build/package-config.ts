/**
 * How a package is built, once for all of them. Code is not minified (a user's stack traces and profiles stay readable) and
 * has no source maps (the output reads like the source, and maps would double the install).
 *
 * The entries are read from package.json: a subpath "./x" in `exports` is src/x/index.ts, so a new subpath is declared once.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "tsup";
import { pureModules } from "./pure.js";

/** Subpath -> source, from the `exports` of the package.json in `folder`. */
export function entriesOf(folder: string): Record<string, string> {
  const { exports: subpaths } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const names = Object.keys(subpaths).filter((subpath) => subpath !== "./package.json");
  return Object.fromEntries(
    names.map((subpath) => {
      const entry = subpath === "." ? "index" : `${subpath.slice(2)}/index`;
      return [entry, `src/${entry}.ts`];
    }),
  );
}

/**
 * esbuild turns a class that mentions itself into `var X = class _X`, and a user who logs an error would read
 * `_X`. The inner name can be X as well: it shadows the outer one and means the same class.
 */
function withClassNames(code: string): string {
  const renamed = [...code.matchAll(/\b([A-Z]\w*) = class _\1\b/g)].map(([, name]) => name);
  return renamed.reduce((text, name) => text.replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name), code);
}

/**
 * esbuild turns every constant of a module into a `var` when it bundles, and V8 does not fold variables: the lookup took
 * a tenth longer for it. So a `var` at the top that nothing assigns to becomes the `const` that it was.
 */
function withConstants(code: string): string {
  return code.replaceAll(/^var (\w+) = /gm, (statement, name: string) => {
    const assigned = new RegExp(
      `(?<![.\\w$])${name}\\s*(?:[-+*/%&|^]|<<|>>>?|\\*\\*|\\?\\?|&&|\\|\\|)?=(?!=|>)`,
      "g",
    );
    const stepped = new RegExp(`(?:\\+\\+|--)${name}\\b|\\b${name}(?:\\+\\+|--)`);
    const once = (code.match(assigned)?.length ?? 0) === 1 && !stepped.test(code);
    return once ? `const ${name} = ` : statement;
  });
}

/** What every package's tsup.config.ts begins with. */
export function packageConfig(folder: string): Options {
  return {
    entry: entriesOf(folder),
    format: ["esm"],
    // Caches have [Symbol.dispose], which a user's own `lib` may not know yet.
    dts: { banner: '/// <reference lib="esnext.disposable" />' },
    tsconfig: "tsconfig.build.json",
    target: "node20",
    splitting: true,
    clean: true,
    sourcemap: false,
    minify: false,
    esbuildPlugins: [pureModules],
    plugins: [{ name: "as-written", renderChunk: (code) => ({ code: withConstants(withClassNames(code)) }) }],
  };
}
