/**
 * Names any value in a few words, for error messages.
 *
 * Never throws and never runs much of the caller's code: no `toString`, no `toJSON`, no walk into objects. Long strings
 * are cut, because messages end up in logs and a value may hold a whole document.
 */

const textLengthMax = 60;

/** `"5 minutes"`, `-1`, `10n`, `null`, `a function`, `an array of 3`, `an object of class User`. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "bigint":
      return cut(`${value}n`);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}

/** The text in double quotes, control characters escaped, cut at `textLengthMax`. */
export function quote(text: string): string {
  return JSON.stringify(cut(text));
}

/** The name of the value's class, `Object` for plain objects, or undefined when there is none to be found. */
export function classNameOf(value: object): string | undefined {
  try {
    const maker = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
    return typeof maker === "function" && typeof maker.name === "string" && maker.name !== ""
      ? maker.name
      : undefined;
  } catch {
    return undefined; // a revoked proxy or a hostile getter: it has no name that could be told
  }
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
  } catch {
    return "a revoked proxy";
  }
  const name = classNameOf(value);
  return name === undefined || name === "Object" ? "an object" : `an object of class ${cut(name)}`;
}

function cut(text: string): string {
  return text.length <= textLengthMax ? text : `${text.slice(0, textLengthMax)}…`;
}
