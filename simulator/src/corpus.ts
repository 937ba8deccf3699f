/**
 * The ten traces that stand beside the simulator, and the sizes at which `summary` and the tests replay them.
 *
 * The sizes follow one rule, so that none is picked to please: the five largest of ..., 100, 250, 500, 1000, 2500, ... up to
 * half of the trace's keys (`usualCapacities`). Where traces/README.md has an independent figure at another size, that size
 * takes the place of the nearest.
 */
import { fileURLToPath } from "node:url";

export interface CorpusTrace {
  readonly file: string;
  readonly about: string;
  readonly capacities: readonly number[];
}

export const corpus: readonly CorpusTrace[] = [
  { file: "lirs-cpp.txt.gz", about: "a C preprocessor", capacities: [25, 50, 100, 250, 500] },
  { file: "lirs-gli.txt.gz", about: "a text retrieval system", capacities: [50, 100, 250, 500, 1000] },
  { file: "lirs-multi1.txt.gz", about: "two programs at once", capacities: [50, 100, 250, 500, 1000] },
  { file: "lirs-multi2.txt.gz", about: "three programs at once", capacities: [100, 250, 500, 1000, 2500] },
  { file: "lirs-sprite.txt.gz", about: "a network file server", capacities: [100, 250, 400, 1000, 2500] },
  { file: "lirs-loop.txt.gz", about: "a loop", capacities: [25, 50, 100, 250, 512] },
  { file: "lirs-scan.txt.gz", about: "scans", capacities: [50, 100, 250, 500, 1000] },
  { file: "lirs-zigzag.txt.gz", about: "to and fro", capacities: [50, 100, 250, 500, 1000] },
  {
    file: "cache2k-web07.txt.gz",
    about: "a product-detail web server",
    capacities: [500, 1000, 2500, 5000, 10000],
  },
  {
    file: "cache2k-orm-night.txt.gz",
    about: "a web shop's ORM at night",
    capacities: [500, 1000, 2500, 5000, 10000],
  },
];

export function corpusPath(file: string): string {
  return fileURLToPath(new URL(`../traces/${file}`, import.meta.url));
}

/** `lirs-cpp.txt.gz` -> `lirs-cpp` */
export function shortName(file: string): string {
  return file.replace(/\.txt\.gz$/, "");
}
