/** Breaks the server's sources on purpose, for tests of the tests. */
import { fileURLToPath } from "node:url";
import { bundleEdited, type Edit, importEdited } from "../../../../scripts/build/edited.js";

export type { Edit };

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/** The module `entry`, most often `new URL("./scenes.ts", import.meta.url)`, as it is with these edits. */
export function broken<Module>(entry: URL, ...edits: readonly Edit[]): Promise<Module> {
  return importEdited<Module>(entry, { sources, edits });
}

/** The path of the bundle, to be run by `node`. The edits' files are below packages/server/src. */
export function bundled(entry: URL, edits: readonly Edit[] = []): Promise<string> {
  return bundleEdited(entry, { sources, edits });
}
