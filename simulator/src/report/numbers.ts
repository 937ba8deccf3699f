/** How figures are written, everywhere the same. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 76,118 */
export function count(value: number): string {
  return whole.format(value);
}

/** 0.48234 -> 48.23 */
export function percent(ratio: number): string {
  return (ratio * 100).toFixed(2);
}

/** 12_345_678 -> 12.3 */
export function millions(value: number): string {
  return (value / 1e6).toFixed(value < 10e6 ? 2 : 1);
}
