/** Which files of a built package are loaded, and which packages beside it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importsOf } from "../../layers/imports.js";

/** Follows static and dynamic imports through the built files. */
export function reachableFrom(entry: string) {
  const files = new Set([entry]);
  const outside = new Set<string>();
  for (const file of files) {
    for (const { specifier } of importsOf(file, readFileSync(file, "utf8"))) {
      if (specifier.startsWith(".")) files.add(join(dirname(file), specifier));
      else outside.add(specifier);
    }
  }
  return { files, outside };
}
