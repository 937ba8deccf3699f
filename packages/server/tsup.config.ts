/** Builds what is published: the library, the program, and the module that each worker thread runs. */
import { defineConfig } from "tsup";
import { packageConfig } from "../../scripts/build/package-config.js";

const config = packageConfig(import.meta.dirname);

export default defineConfig({
  ...config,
  entry: {
    ...(config.entry as Record<string, string>),
    bin: "src/bin.ts",
    "bin-server": "src/bin-server.ts",
    worker: "src/process/worker.ts",
  },
  platform: "node",
});
