/** Sizes in bytes, as people write them: `"64kb"`, `"256mb"`, `"1.5gb"`; powers of 1024. */

const KIB = 1_024;
const unitBytes: Readonly<Record<string, number>> = { b: 1, kb: KIB, mb: KIB ** 2, gb: KIB ** 3 };

/** `"1.5gb"` -> 1610612736; NaN for what is no size. */
export function parseBytes(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)$/i.exec(text);
  return found === null ? Number.NaN : Math.floor(Number(found[1]) * unitBytes[found[2].toLowerCase()]);
}

/** 1073741824 -> `"1gb"`: in the largest unit in which it is a whole number. */
export function formatBytes(bytes: number): string {
  for (const unit of ["gb", "mb", "kb"]) {
    if (bytes >= unitBytes[unit] && bytes % unitBytes[unit] === 0) return `${bytes / unitBytes[unit]}${unit}`;
  }
  return `${bytes}b`;
}
