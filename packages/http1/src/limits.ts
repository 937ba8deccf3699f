/** How much of a request is read before it is refused. Bytes, unless said otherwise. */
export interface Limits {
  /** The request line. Default: 10,000, answered with 414 above. */
  readonly requestLine: number;
  /** All field lines of a head together, and those of a trailer. Default: 16,384, answered with 431 above. */
  readonly head: number;
  /** Field lines of a head. Default: 100, answered with 431 above. */
  readonly fields: number;
}

export const defaultLimits: Limits = Object.freeze({ requestLine: 10_000, head: 16_384, fields: 100 });

/** Bounds each limit, so that a wrong one is refused when the server starts and not when a request comes. */
export function checkLimits(limits: Partial<Limits>): Limits {
  const all = { ...defaultLimits, ...limits };
  for (const [name, value] of Object.entries(all)) {
    if (!(name in defaultLimits)) {
      throw new TypeError(
        `limits: there is no "${name}"; there are ${Object.keys(defaultLimits).join(", ")}`,
      );
    }
    if (Number.isSafeInteger(value) && value >= 16 && value <= 2 ** 20) continue;
    throw new RangeError(`limits.${name} must be a whole number from 16 to 1,048,576, not ${value}`);
  }
  return Object.freeze(all);
}
