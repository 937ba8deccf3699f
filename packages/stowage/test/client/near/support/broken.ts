/** Breaks the near cache's sources on purpose, for tests of the tests. */
import { fileURLToPath } from "node:url";
import { type Edit, importEdited } from "../../../../../../scripts/build/edited.js";

export type { Edit };

/** What the edits' files are below. */
export const nearSources = fileURLToPath(new URL("../../../../src/client/near", import.meta.url));

/** The scenes, as they run on a near cache with these edits. */
export function broken<Module>(entry: URL, edits: readonly Edit[]): Promise<Module> {
  return importEdited<Module>(entry, { sources: nearSources, edits });
}
