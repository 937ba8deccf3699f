/** For esbuild: the packages of this workspace are their sources, as in vitest.config.ts, so that tests need nothing built. */
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Name -> folder. */
const folders: Readonly<Record<string, string>> = {
  stowage: "stowage",
  "stowage-http1": "http1",
  "stowage-server": "server",
};

export const workspaceSources: Plugin = {
  name: "workspace-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^stowage(?:-http1|-server)?(?:\/|$)/ }, ({ path }) => {
      const [name, ...subpath] = path.split("/");
      return { path: [`${packages}${folders[name]}/src`, ...subpath, "index.ts"].join("/") };
    });
  },
};
