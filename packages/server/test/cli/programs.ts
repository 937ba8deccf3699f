/** The programs as the package has them: bundled into one folder, workers included. They start in a tenth of the time that the sources take. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { workspaceSources } from "../../../../scripts/build/workspace-sources.js";
import { temporaryFile } from "./support.js";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

export async function buildPrograms(): Promise<{ stowage: string; stowageServer: string }> {
  const outdir = temporaryFile("programs");
  mkdirSync(outdir);
  writeFileSync(join(outdir, "package.json"), '{"type":"module"}');
  await build({
    entryPoints: ["bin.ts", "bin-server.ts", "process/worker.ts"].map((path) => join(sources, path)),
    entryNames: "[name]",
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [workspaceSources],
    // What is CommonJS in the bundle asks for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  return { stowage: join(outdir, "bin.js"), stowageServer: join(outdir, "bin-server.js") };
}
