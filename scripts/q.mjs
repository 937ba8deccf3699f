import { build } from "esbuild";

await build({
  entryPoints: ["/work/main/packages/stowage/src/index.ts"],
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "node20",
  minifySyntax: process.argv[3] !== "no",
  outfile: process.argv[2],
});
