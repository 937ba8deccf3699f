/**
 * Makes the child program out of its TypeScript once, so that the children start fast and run as plain JavaScript
 * under any Node. The peers stay outside and are loaded as their users get them.
 *
 * Stowage's built package is taken in, unminified, so that every round measures the same code even if someone builds
 * anew meanwhile. Tests measure nothing, and take in the sources instead, so that nothing has to be built first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export type StowageFrom = "package" | "sources";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const stowage = join(root, "packages/stowage");

const entry: Record<StowageFrom, string> = { package: "dist/index.js", sources: "src/index.ts" };

export interface ChildProgram {
  path: string;
  remove(): void;
}

/** In a folder of its own for each run, below this workspace, where the peers are found. */
export async function bundleChild(stowageFrom: StowageFrom): Promise<ChildProgram> {
  const programs = join(root, "bench/dist");
  mkdirSync(programs, { recursive: true });
  const folder = mkdtempSync(join(programs, "cache-child-"));
  await build({
    entryPoints: [fileURLToPath(new URL("./child/main.ts", import.meta.url))],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { stowage: join(stowage, entry[stowageFrom]) },
    // Without the repository's own tsconfig, in which `stowage` always means the sources.
    tsconfigRaw: {},
    logLevel: "warning",
  });
  return { path: join(folder, "main.mjs"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Builds the package where that was not done yet, or a source is newer. */
export function buildStowageIfOutdated(): void {
  const built = join(stowage, entry.package);
  if (existsSync(built) && statSync(built).mtimeMs >= newestMtimeMs(join(stowage, "src"))) return;
  const npm = spawnSync("npm", ["run", "build"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0)
    throw new Error("packages/stowage does not build; `npm run build` says why", { cause: npm.error });
}

function newestMtimeMs(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
