/**
 * "Did you mean ...?": the nearest known name to a misspelt one.
 *
 * Optimal string alignment distance (insert, delete, replace, swap of neighbours: the four slips of typing), compared
 * without regard to case. A name is suggested when at most a third of its letters had to change, so that `maxx` finds
 * `max` and `foo` finds nothing. Runs only on the way to an error, hence no effort to be fast; names above
 * `nameLengthMax` get no suggestion, so that a hostile one cannot make the error expensive.
 */

const nameLengthMax = 64;

/** The known name most like `name`, or undefined when none is near enough to be meant. The first of equals wins. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > nameLengthMax) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    const allowed = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (distance < bestDistance && distance <= allowed) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many slips of typing lie between two names, letter case aside. */
export function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  const rows = Array.from({ length: a.length + 1 }, (_, row) => [row]);
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  rows[0] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i][j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (same ? 0 : 1),
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}
