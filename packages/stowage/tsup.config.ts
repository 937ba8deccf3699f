/**
 * Builds what is published: ESM and CJS with a .d.ts / .d.cts beside each.
 *
 * The entries are read from package.json: a subpath "./x" in `exports` is src/x/index.ts, so a new subpath is
 * declared once. Code is not minified (a user's stack traces and profiles stay readable) and has no source
 * maps (the output reads like the source, and maps would double the install).
 */
import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

const { exports: subpaths } = JSON.parse(
  readFileSync(new URL("./package.json", import.meta.url), "utf8"),
) as {
  exports: Record<string, unknown>;
};

function entries(): Record<string, string> {
  const names = Object.keys(subpaths).filter((subpath) => subpath !== "./package.json");
  return Object.fromEntries(
    names.map((subpath) => {
      const entry = subpath === "." ? "index" : `${subpath.slice(2)}/index`;
      return [entry, `src/${entry}.ts`];
    }),
  );
}

export default defineConfig({
  entry: entries(),
  format: ["esm", "cjs"],
  // Caches have [Symbol.dispose], which a user's own `lib` may not know yet.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  tsconfig: "tsconfig.build.json",
  target: "node20",
  platform: "neutral",
  splitting: true,
  treeshake: false,
  clean: true,
  sourcemap: false,
  minify: false,
});
