/**
 * Bundles of sources that are broken on purpose, for tests of the tests: a suite has to fail on each. The edits are of
 * single places, and one that does not fit (any more) is an error: a mutant that changes nothing would prove nothing.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { outputFolder } from "./output-folder.js";
import { workspaceSources } from "./workspace-sources.js";

/** One change of one source file. */
export interface Edit {
  /** Below the folder of the sources. */
  readonly file: string;
  /** Has to stand in the file exactly once, or `all` of them are meant. */
  readonly find: string | RegExp;
  readonly replace: string;
  readonly all?: boolean;
}

export interface BundleOptions {
  /** The folder that the edits' files are below. */
  readonly sources: string;
  readonly edits?: readonly Edit[];
}

let count = 0;

/** The path of the bundle, for `import` or `node`. `entry` is most often `new URL("./scenes.ts", import.meta.url)`. */
export async function bundleEdited(entry: URL, { sources, edits = [] }: BundleOptions): Promise<string> {
  // What stands below node_modules vitest leaves to Node, and does not compile a second time.
  const folder = join(outputFolder("stowage-edited-"), "node_modules");
  const outfile = join(folder, `${count++}-${basename(entry.pathname, ".ts")}.mjs`);
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    // What is CommonJS in the bundle asks for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    plugins: [workspaceSources, edited(sources, edits)],
  });
  return outfile;
}

/** What the bundle exports. */
export async function importEdited<Module>(entry: URL, options: BundleOptions): Promise<Module> {
  return (await import(await bundleEdited(entry, options))) as Module;
}

function edited(sources: string, edits: readonly Edit[]): Plugin {
  return {
    name: "edited",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits.filter(({ file }) => path === join(sources, file));
        if (own.length === 0) return undefined;
        return { contents: own.reduce(applyEdit, readFileSync(path, "utf8")), loader: "ts" };
      });
    },
  };
}

export function applyEdit(source: string, edit: Edit): string {
  const { find, replace, file, all = false } = edit;
  const pattern = typeof find === "string" ? find : new RegExp(find, find.flags.replace("g", "").concat("g"));
  const places =
    typeof find === "string" ? source.split(find).length - 1 : [...source.matchAll(pattern as RegExp)].length;
  if (places === 0 || (places > 1 && !all))
    throw new Error(`${file}: the edit ${describeEdit(edit)} fits in ${places} places, not in one`);
  return typeof pattern === "string" ? source.split(pattern).join(replace) : source.replace(pattern, replace);
}

/** The edits that touch files which do not exist, or places that are not there. For a test of a list itself. */
export function misfitsOf(sources: string, edits: readonly Edit[]): string[] {
  return edits.flatMap((edit) => {
    try {
      applyEdit(readFileSync(join(sources, edit.file), "utf8"), edit);
      return [];
    } catch (error) {
      return [String(error)];
    }
  });
}

export function describeEdit({ file, find, replace }: Edit): string {
  return `${file}: ${find} -> ${replace}`;
}
