/** Rows in columns: texts to the left, what begins with a digit to the right. */

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => {
    row.forEach((cell, at) => {
      all[at] = Math.max(all[at] ?? 0, cell.length);
    });
    return all;
  }, []);
  return rows
    .map((row) =>
      row
        .map((cell, at) => aligned(cell, widths[at], at))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function aligned(cell: string, width: number, column: number): string {
  return column > 0 && /^[\d-]/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
