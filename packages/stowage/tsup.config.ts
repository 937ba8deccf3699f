/** Builds what is published: ESM and CJS with a .d.ts / .d.cts beside each. */
import { defineConfig } from "tsup";
import { packageConfig } from "../../scripts/build/package-config.js";

export default defineConfig({
  ...packageConfig(import.meta.dirname),
  format: ["esm", "cjs"],
  platform: "neutral",
  // Subpaths share chunks, so that `stowage/testing` knows the StowageError of `stowage`. In CommonJS, tsup splits
  // with sucrase, which initialises class fields in the wrong order; with `treeshake`, Rollup does it, rightly.
  treeshake: true,
});
