/** Breaks the client's sources on purpose, for tests of the tests. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleEdited, type Edit } from "../../../../../scripts/build/edited.js";

export type { Edit };

const packages = fileURLToPath(new URL("../../../../", import.meta.url));

/** The module `entry`, most often `new URL("./scenes.ts", import.meta.url)`, as it is with these edits below src/client. */
export async function broken<Module>(entry: URL, ...edits: readonly Edit[]): Promise<Module> {
  const bundle = await bundleEdited(entry, {
    sources: join(packages, "stowage/src/client"),
    edits,
    alias: {
      stowage: join(packages, "stowage/src/index.ts"),
      "stowage/table": join(packages, "stowage/src/table/index.ts"),
      "stowage/testing": join(packages, "stowage/src/testing/index.ts"),
      "stowage-http1": join(packages, "http1/src/index.ts"),
    },
  });
  return (await import(bundle)) as Module;
}
