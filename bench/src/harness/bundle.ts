/**
 * Makes the child program out of its TypeScript once, so that the children start fast and run as plain JavaScript
 * under any Node. The peers stay outside and are loaded as their users get them.
 *
 * So is Stowage: a copy of its built package, made once, so that every round measures the same code even if someone builds
 * anew meanwhile. Bundled with the child it would be other code than users run: esbuild turns the constants of a module
 * into variables, which V8 does not fold. Tests measure nothing, and take in the sources instead, so that nothing has to
 * be built first.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type OnResolveResult, type Plugin } from "esbuild";
import type { Child } from "./suite.js";

export type StowageFrom = "package" | "sources";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const stowage = join(root, "packages/stowage");

export interface ChildProgram {
  path: string;
  remove(): void;
}

/** In a folder of its own for each run, below this workspace, where the peers are found. */
export async function bundleChild(child: Child, stowageFrom: StowageFrom): Promise<ChildProgram> {
  const programs = join(root, "bench/dist");
  mkdirSync(programs, { recursive: true });
  const folder = mkdtempSync(join(programs, "child-"));
  await build({
    entryPoints: [fileURLToPath(child.entry)],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: child.stowage.map(stowageFrom === "package" ? builtIn(folder) : sourceOf),
    // Without the repository's own tsconfig, in which `stowage` always means the sources.
    tsconfigRaw: {},
    logLevel: "warning",
  });
  return { path: join(folder, "main.mjs"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Copies the built package into the folder, and has its subpaths loaded from there. */
function builtIn(folder: string): (subpath: string) => Plugin {
  cpSync(join(stowage, "dist"), join(folder, "dist"), { recursive: true });
  return (subpath) => {
    const path = pathToFileURL(join(folder, "dist", subpath, "index.js")).href;
    return resolving(subpath, { path, external: true });
  };
}

function sourceOf(subpath: string): Plugin {
  return resolving(subpath, { path: join(stowage, "src", subpath, "index.ts") });
}

function resolving(subpath: string, to: OnResolveResult): Plugin {
  const name = subpath === "." ? "stowage" : `stowage/${subpath}`;
  const filter = new RegExp(`^${name}$`);
  return { name, setup: (build) => build.onResolve({ filter }, () => to) };
}

/** Builds all packages where that was not done yet for one of these, or a source is newer. */
export function buildIfOutdated(packages: readonly string[]): void {
  if (packages.every(isBuilt)) return;
  const npm = spawnSync("npm", ["run", "build"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0)
    throw new Error("the packages do not build; `npm run build` says why", { cause: npm.error });
}

function isBuilt(name: string): boolean {
  const folder = join(root, "packages", name);
  const built = join(folder, "dist/index.js");
  return existsSync(built) && statSync(built).mtimeMs >= newestMtimeMs(join(folder, "src"));
}

function newestMtimeMs(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
