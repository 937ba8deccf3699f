/** Percent-encoded text (RFC 3986 2.1) of targets: decoded to bytes, and these as UTF-8. */
import { isUtf8 } from "node:buffer";
import { Fault } from "./fault.js";

const WRONG = /%(?![0-9A-Fa-f]{2})/;

/**
 * @param text as it came; every character is a byte
 * @param what names the part, for the error: `the query parameter "key"`
 * @param plusIsSpace as in queries (application/x-www-form-urlencoded), not in paths
 * @throws Fault 400
 */
export function decodePercent(text: string, what: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace && text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  const wrong = WRONG.exec(spaced);
  if (wrong !== null) {
    throw new Fault(
      400,
      "invalid_query",
      `${what} has a "%" at position ${wrong.index} that two hexadecimal digits have to follow`,
    );
  }
  const bytes = Buffer.from(
    spaced.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16))),
    "latin1",
  );
  if (!isUtf8(bytes)) {
    throw new Fault(400, "invalid_query", `${what} must be UTF-8, percent-encoded; its bytes are not UTF-8`);
  }
  return bytes.toString("utf8");
}

/**
 * The last value of a query's parameter; undefined: it is not there. Names and values are separated by the first `=`;
 * without one, the value is empty.
 *
 * @throws Fault 400 for a value, or a name, that is malformed
 */
export function queryParam(query: string, name: string): string | undefined {
  let found: string | undefined;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const given = equals < 0 ? pair : pair.slice(0, equals);
    if (given !== name && (!/[%+]/.test(given) || decodePercent(given, "a name in the query", true) !== name))
      continue;
    found = equals < 0 ? "" : pair.slice(equals + 1);
  }
  return found === undefined ? undefined : decodePercent(found, `the query parameter "${name}"`, true);
}
