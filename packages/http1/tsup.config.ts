/** Builds what is published: ESM with a .d.ts. */
import { defineConfig } from "tsup";
import { packageConfig } from "../../scripts/build/package-config.js";

export default defineConfig({ ...packageConfig(import.meta.dirname), platform: "node" });
