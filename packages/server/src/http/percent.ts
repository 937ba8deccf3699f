/** Percent-encoded text (RFC 3986 2.1) of targets: decoded to bytes, and these as UTF-8. */
import { Fault } from "./fault.js";

const WRONG = /%(?![0-9A-Fa-f]{2})/;

/**
 * @param text as it came: a target is ASCII
 * @param what names the part, for the error: `the query parameter "key"`
 * @param plusIsSpace as in queries (application/x-www-form-urlencoded), not in paths
 * @throws Fault 400
 */
export function decodePercent(text: string, what: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace && text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw faultIn(spaced, what);
  }
}

/**
 * The last value of a query's parameter; undefined: it is not there. Names and values are separated by the first `=`;
 * without one, the value is empty.
 *
 * @throws Fault 400 for a value, or a name, that is malformed
 */
export function queryParam(query: string, name: string): string | undefined {
  let found: string | undefined;
  for (let start = 0, end = 0; start <= query.length; start = end + 1) {
    const and = query.indexOf("&", start);
    end = and < 0 ? query.length : and;
    const equals = query.indexOf("=", start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (isName(query, start, nameEnd, name)) found = query.slice(nameEnd + 1, end);
  }
  return found === undefined ? undefined : decodePercent(found, `the query parameter "${name}"`, true);
}

function isName(query: string, start: number, end: number, name: string): boolean {
  if (end - start === name.length && query.startsWith(name, start)) return true;
  const given = query.slice(start, end);
  return /[%+]/.test(given) && decodePercent(given, "a name in the query", true) === name;
}

/** Why it cannot be decoded. */
function faultIn(text: string, what: string): Fault {
  const wrong = WRONG.exec(text);
  const why =
    wrong === null
      ? "must be UTF-8, percent-encoded; its bytes are not UTF-8"
      : `has a "%" at position ${wrong.index} that two hexadecimal digits have to follow`;
  return new Fault(400, "invalid_query", `${what} ${why}`);
}
