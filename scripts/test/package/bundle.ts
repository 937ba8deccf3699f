/** What a page has to load of a package, as a bundler makes it: minified, split where parts are loaded on first use, gzipped. */
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

export interface Bundle {
  /** What a page loads before anything runs: the entry, and all that it imports. */
  readonly atFirst: Size;
  /** Name -> what is loaded besides, when that part is first used: less what the page has already. */
  readonly parts: ReadonlyMap<string, Size>;
  readonly all: Size;
  /** Modules that were not found, such as those of Node. */
  readonly external: readonly string[];
}

/** As esbuild describes it: path -> what it imports. */
type Outputs = Readonly<
  Record<
    string,
    { imports: readonly { path: string; kind: string; external?: boolean }[]; entryPoint?: string }
  >
>;

/**
 * @param folder where the package is installed
 * @param source a module that uses it
 */
export async function bundled(folder: string, source: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder, sourcefile: "page.js" },
    absWorkingDir: folder,
    // Not the workspace's, whose paths lead to sources.
    tsconfigRaw: {},
    outdir: join(folder, "bundle"),
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const outputs: Outputs = metafile.outputs;
  const texts = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const sizeOf = (paths: Iterable<string>) => total([...paths].map((path) => texts.get(basename(path))));
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === "page.js") ?? "";
  const first = withImports(outputs, entry);
  const parts = new Map<string, Size>();
  for (const path of importedLater(outputs)) {
    const more = [...withImports(outputs, path)].filter((each) => !first.has(each));
    parts.set(nameOf(path), sizeOf(more));
  }
  const external = Object.values(outputs).flatMap(({ imports }) => imports.filter((each) => each.external));
  return {
    atFirst: sizeOf(first),
    parts,
    all: sizeOf(Object.keys(outputs)),
    external: external.map(({ path }) => path),
  };
}

/** A file, and what comes with it. */
function withImports(outputs: Outputs, entry: string): ReadonlySet<string> {
  const files = new Set([entry]);
  for (const file of files)
    for (const { path, kind } of outputs[file].imports)
      if (kind === "import-statement" && path in outputs) files.add(path);
  return files;
}

function importedLater(outputs: Outputs): ReadonlySet<string> {
  const all = Object.values(outputs).flatMap(({ imports }) => imports);
  return new Set(
    all.filter(({ kind, path }) => kind === "dynamic-import" && path in outputs).map(({ path }) => path),
  );
}

/** `loading-WZULOLXR-C4RQ2YJM.js` is `loading`: hashes are tsup's and esbuild's. */
function nameOf(path: string): string {
  return basename(path, ".js").replaceAll(/-[A-Z0-9]{8}(?=-|$)/g, "");
}

/** Each file is compressed by itself, as it is sent. */
function total(texts: readonly (Uint8Array | undefined)[]): Size {
  const files = texts.filter((text) => text !== undefined);
  const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
  return {
    minified: sum(files.map((text) => text.length)),
    gzipped: sum(files.map((text) => gzipSync(text, { level: 9 }).length)),
  };
}
