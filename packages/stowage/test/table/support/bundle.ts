/**
 * Bundles a TypeScript worker script, with the table's sources in it, into one file that `new Worker` can run: Node 20 reads
 * no TypeScript, and vitest's own module loader does not reach into worker threads.
 *
 * Made once for each script and each way of building it, into a folder that is removed when the process exits. Two ways to
 * build differ from production: `steps` makes every statement of the table a place to stop at (steps.ts), and `edits`
 * breaks the table on purpose (the mutants).
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { applyEdit, describeEdit, type Edit, misfitsOf } from "../../../../../scripts/build/edited.js";
import { outputFolder } from "../../../../../scripts/build/output-folder.js";
import { workspaceSources } from "../../../../../scripts/build/workspace-sources.js";
import { STEP, withSteps } from "./steps.js";

export type { Edit };

export interface BuildOptions {
  readonly steps?: boolean;
  /** Of files below src/table, as `log/append.ts`. */
  readonly edits?: readonly Edit[];
}

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
const tableSources = join(sources, "table/");

const made = new Map<string, Promise<string>>();

/** The path of the bundle. `entry` is a file URL, most often `new URL("./x.worker.ts", import.meta.url)`. */
export function bundle(entry: URL, options: BuildOptions = {}): Promise<string> {
  const name = JSON.stringify([entry.href, options.steps === true, options.edits?.map(describeEdit)]);
  const known = made.get(name) ?? make(entry, options, made.size);
  made.set(name, known);
  return known;
}

async function make(entry: URL, options: BuildOptions, serial: number): Promise<string> {
  const outfile = join(outputFolder("stowage-table-"), `${serial}-${basename(entry.pathname, ".ts")}.mjs`);
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [workspaceSources, changed(options)],
    banner: { js: `globalThis.${STEP} ??= () => {};` },
  });
  return outfile;
}

function changed({ steps = false, edits = [] }: BuildOptions): Plugin {
  return {
    name: "changed-table",
    setup({ onLoad }) {
      if (!steps && edits.length === 0) return;
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(tableSources)) return undefined;
        const own = edits.filter(({ file }) => path === join(tableSources, file));
        const source = own.reduce(applyEdit, readFileSync(path, "utf8"));
        return steps ? { contents: stepped(source, path), loader: "js" } : { contents: source, loader: "ts" };
      });
    },
  };
}

const steppedSources = new Map<string, string>();

/** Compiling takes longer than all the rest; of a mutant's files all but one are as they were. */
function stepped(source: string, path: string): string {
  const code = steppedSources.get(source) ?? withSteps(source, path);
  steppedSources.set(source, code);
  return code;
}

/** The edits that touch files which do not exist, or places that are not there. For a test of the list itself. */
export function misfits(edits: readonly Edit[]): string[] {
  return misfitsOf(tableSources, edits);
}
