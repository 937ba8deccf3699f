/** Options that are whole numbers: a wrong or misspelt one is refused when the server starts, not when a request comes. */

/** The defaults, and over them what was given. @throws TypeError for an unknown name, RangeError for a wrong number */
export function checkNumbers<Options extends { readonly [name in keyof Options]: number }>(
  what: string,
  given: Partial<Options>,
  defaults: Options,
  min: number,
  max: number,
): Options {
  const all = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!(name in defaults)) {
      const names = Object.keys(defaults).join(", ");
      throw new TypeError(`${what}: there is no "${name}"; there are ${names}`);
    }
    checkNumber(`${what}.${name}`, value, min, max);
    Object.assign(all, { [name]: value });
  }
  return Object.freeze(all);
}

export function checkNumber(name: string, value: unknown, min: number, max: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  const [from, to] = [min, max].map((bound) => bound.toLocaleString("en"));
  throw new RangeError(`${name} must be a whole number from ${from} to ${to}, not ${String(value)}`);
}
