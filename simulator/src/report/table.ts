/** A plain table: the first column to the left, figures to the right, a rule under the heads. */
import type { Paint } from "./paint.js";

const GAP = "  ";

export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string[] {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].length)));
  const write = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join(GAP);
  const rule = widths.map((width) => "─".repeat(width)).join(GAP);
  return [paint.bold(write(heads)), paint.dim(rule), ...rows.map(write)];
}
