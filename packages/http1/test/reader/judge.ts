/** Runs the tables of cases, and gives what does not come out as they say: nothing, unless the reader is broken. */
import { checkLimits } from "../../src/index.js";
import { read, readEverywhere } from "../support/read.js";
import { accepted, refused } from "./cases.js";
import { type Smuggling, smuggling } from "./smuggling.js";

/** Cut everywhere, but where that would take too long. */
function outcomeOf(text: string) {
  return text.length > 2_000 ? read(text) : readEverywhere(text);
}

export function acceptedFails([name, text, expected]: (typeof accepted)[number]): string | undefined {
  const outcome = outcomeOf(text);
  if (outcome.refused !== undefined) return `${name}: refused as ${outcome.refused}`;
  const got = outcome.requests.map((request, index) => pick(request, expected[index] ?? {}));
  return JSON.stringify(got) === JSON.stringify(expected) ? undefined : `${name}: ${JSON.stringify(got)}`;
}

export function refusedFails([text, code]: (typeof refused)[number]): string | undefined {
  const outcome = outcomeOf(text);
  if (outcome.refused === code && outcome.requests.length === 0) return undefined;
  return `${JSON.stringify(text)}: ${JSON.stringify(outcome)} instead of ${code}`;
}

export function smugglingFails({ name, text, expected }: Smuggling): string | undefined {
  const { requests, refused: code } = outcomeOf(text);
  const got = code ?? requests.map(({ target }) => target);
  return JSON.stringify(got) === JSON.stringify(expected) ? undefined : `${name}: ${JSON.stringify(got)}`;
}

/** What bounds a request, at the bound and one above it. */
export function limitsFail(): string[] {
  const limits = checkLimits({ requestLine: 64, head: 128, fields: 16 });
  const requestOf = (target: number, field: number, fields: number) =>
    `GET /${"a".repeat(target)} HTTP/1.1\r\nHost: a\r\n${"X:\r\n".repeat(fields)}Y:${"y".repeat(field)}\r\n\r\n`;
  // "GET /" is 5 bytes; the Host line 9, each X 4, and Y with its colon and line end 4.
  const rows: [text: string, code: string | undefined][] = [
    [requestOf(59, 0, 0), undefined],
    [requestOf(60, 0, 0), "LINE_TOO_LONG"],
    [requestOf(0, 115, 0), undefined],
    [requestOf(0, 116, 0), "HEAD_TOO_LARGE"],
    [requestOf(0, 0, 14), undefined],
    [requestOf(0, 0, 15), "TOO_MANY_FIELDS"],
    [`GET ${"a".repeat(61)}\x01`, "LINE_TOO_LONG"],
    [`${"A".repeat(65)}(`, "LINE_TOO_LONG"],
    [`GET / HTTP/1.1\r\n${"a".repeat(129)}(`, "HEAD_TOO_LARGE"],
    [`GET / HTTP/1.1\r\nX: ${"a".repeat(126)}\x01`, "HEAD_TOO_LARGE"],
    // Its last line is wrong, and one byte too long.
    [`GET / HTTP/1.1\r\nX:${"y".repeat(116)}\r\nHost: /\r\n\r\n`, "HEAD_TOO_LARGE"],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n", "BODY_TOO_LARGE"],
    ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nde", undefined],
    [
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef",
      "BODY_TOO_LARGE",
    ],
  ];
  return rows.flatMap(([text, code]) => {
    const { refused } = readEverywhere(text, { limits, contentMax: 5 });
    return refused === code ? [] : [`${JSON.stringify(text)}: ${refused} instead of ${code}`];
  });
}

/** Everything that fails; a reader that throws fails as well. */
export function failures(): string[] {
  const checks = [
    ...accepted.map((row) => () => acceptedFails(row)),
    ...refused.map((row) => () => refusedFails(row)),
    ...smuggling.map((row) => () => smugglingFails(row)),
    () => limitsFail().join() || undefined,
  ];
  return checks.flatMap((check) => {
    try {
      return check() ?? [];
    } catch (error) {
      return [String(error)];
    }
  });
}

function pick(from: object, like: object): object {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)[key]]));
}
