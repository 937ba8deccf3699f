/** Breaks the near cache's sources on purpose, for tests of the tests. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleEdited, type Edit } from "../../../../../../scripts/build/edited.js";

export type { Edit };

const sources = fileURLToPath(new URL("../../../../src/", import.meta.url));
/** What the edits' files are below. */
export const nearSources = join(sources, "client/near");

/** The scenes, as they run on a near cache with these edits. */
export async function broken<Module>(entry: URL, edits: readonly Edit[]): Promise<Module> {
  const alias = { "stowage/testing": join(sources, "testing/index.ts") };
  return (await import(await bundleEdited(entry, { sources: nearSources, edits, alias }))) as Module;
}
