/** Breaks the client's sources on purpose, for tests of the tests. */
import { fileURLToPath } from "node:url";
import { type Edit, importEdited } from "../../../../../scripts/build/edited.js";

export type { Edit };

const sources = fileURLToPath(new URL("../../../src/client/", import.meta.url));

/** The module `entry`, most often `new URL("./scenes.ts", import.meta.url)`, as it is with these edits below src/client. */
export function broken<Module>(entry: URL, ...edits: readonly Edit[]): Promise<Module> {
  return importEdited<Module>(entry, { sources, edits });
}
