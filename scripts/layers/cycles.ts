/**
 * Finds import cycles among files: a depth-first walk that reports each edge back into the path it came by.
 * Each file is entered once, so one cycle is reported per back edge rather than every combination of them.
 */
export function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const walk = (file: string): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    done.add(file);
    path.push(file);
    for (const next of edges.get(file) ?? []) walk(next);
    path.pop();
  };
  for (const file of edges.keys()) walk(file);
  return cycles;
}
