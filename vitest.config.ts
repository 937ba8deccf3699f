/**
 * Tests run on the sources: `stowage` is packages/stowage/src, so nothing has to be built first. The project
 * `package` is the exception: it builds, packs and installs the package as a user would.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const sourcesOf = (name: string) => fileURLToPath(new URL(`./packages/${name}/src`, import.meta.url));
const sources = sourcesOf("stowage");

/** Tests that start processes, threads or browsers, and look at what happens when: one file at a time, or they would disturb one another. */
const alone = [
  "packages/server/test/{cli,deploy,l2,process}/**/*.test.ts",
  "packages/stowage/test/client/{browser,coherence,model,stampede}/**/*.test.ts",
  "packages/stowage/test/stores/{lmdb,postgres,redis}/**/*.test.ts",
  "packages/stowage/test/table/threads/**/*.test.ts",
  "bench/test/**/*.test.ts",
];
const unit = {
  // Tests about memory call gc() themselves.
  execArgv: ["--expose-gc"],
  // Against tests that hang. How long an honest one takes depends on what else runs on the machine.
  testTimeout: 60_000,
};

export default defineConfig({
  resolve: {
    alias: [
      { find: /^stowage$/, replacement: `${sources}/index.ts` },
      { find: /^stowage\/(.+)$/, replacement: `${sources}/$1/index.ts` },
      { find: /^stowage-http1$/, replacement: `${sourcesOf("http1")}/index.ts` },
      { find: /^stowage-server$/, replacement: `${sourcesOf("server")}/index.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...unit,
          name: "unit",
          include: [
            "packages/*/test/**/*.test.ts",
            "simulator/test/**/*.test.ts",
            "bench/test/**/*.test.ts",
            "scripts/test/*.test.ts",
          ],
          exclude: alone,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...unit, name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          name: "docs",
          include: ["scripts/test/docs/*.test.ts"],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "package",
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          include: ["scripts/test/package/*.test.ts"],
          hookTimeout: 300_000,
          testTimeout: 180_000,
        },
      },
    ],
  },
});
