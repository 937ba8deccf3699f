/**
 * Makes the child program out of its TypeScript once, so that the children start fast and run as plain JavaScript
 * under any Node. Packages stay outside and are loaded as their users get them: `stowage` is the built package.
 * Tests measure nothing, and put the sources in its place instead, so that nothing has to be built first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export type StowageFrom = "package" | "sources";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const stowage = join(root, "packages/stowage");

/** The path of the child program. */
export async function bundleChild(stowageFrom: StowageFrom): Promise<string> {
  const folder = join(root, "bench/dist", `cache-child-${stowageFrom}`);
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
    // Without the repository's own tsconfig, in which `stowage` means the sources.
    tsconfigRaw: {},
    alias: stowageFrom === "sources" ? { stowage: join(stowage, "src/index.ts") } : {},
    logLevel: "warning",
  });
  return join(folder, "main.mjs");
}

/** Builds the package where that was not done yet, or a source is newer. */
export function buildStowageIfOutdated(): void {
  const built = join(stowage, "dist/index.js");
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
