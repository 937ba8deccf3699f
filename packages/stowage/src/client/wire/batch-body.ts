/** The body of POST /v1/batch, and what its answer says. */
import { quote } from "../../base/describe.js";
import { ServerRefusedError } from "../errors.js";
import type { TransportResponse } from "../transport/transport.js";
import type { Operation, OperationResult } from "./operation.js";

export const batchPath = "/v1/batch";
export const jsonHeaders: Readonly<Record<string, string>> = Object.freeze({
  "content-type": "application/json",
});

const HEAD = '{"operations":[';
const TAIL = "]}";

/** Bytes of a body beside its operations and the commas between them. */
export const BODY_FRAME_BYTES = HEAD.length + TAIL.length;

export function bodyOf(operations: readonly Operation[]): string {
  let body = HEAD + operations[0].text;
  for (let at = 1; at < operations.length; at++) body += `,${operations[at].text}`;
  return body + TAIL;
}

/** The results, one for each operation; undefined: this is no answer of a server that has the route. */
export function resultsIn(text: string, count: number): readonly OperationResult[] | undefined {
  const results = (parsed(text) as { results?: unknown } | undefined)?.results;
  if (!Array.isArray(results) || results.length !== count) return undefined;
  return results.every((each) => typeof each === "object" && each !== null) ? results : undefined;
}

/** What a refusal says of itself. */
export interface Refusal {
  readonly said: string;
  readonly serverCode: string;
  /** Of the operation because of which all were refused; undefined: it does not say. */
  readonly index: number | undefined;
}

const SAID_MAX = 200;

export function refusalIn(response: TransportResponse): Refusal {
  const body = (parsed(response.text) ?? {}) as Record<string, unknown>;
  const said = [body.error, body.message].filter((each) => typeof each === "string").join(": ");
  return {
    // Not the server's own answer, but that of a proxy before it, say.
    said: said || response.text.trim().split("\n", 1)[0].slice(0, SAID_MAX) || "nothing",
    serverCode: typeof body.code === "string" ? body.code : "",
    index: Number.isSafeInteger(body.index) ? (body.index as number) : undefined,
  };
}

const hints: Readonly<Record<number, string>> = {
  401: '. Give the option "token", or set STOWAGE_TOKEN',
  404: ". Is this a Stowage server?",
};

/** The error for an answer that is not the one that was hoped for. */
export function refusedError(node: string, what: string, response: TransportResponse): ServerRefusedError {
  const { said, serverCode } = refusalIn(response);
  const { status } = response;
  return new ServerRefusedError(
    { node, what },
    { status, said: said + (hints[status] ?? ""), serverCode, retryAfterMs: retryAfterMsOf(response) },
  );
}

/** Whole seconds (RFC 9110, 10.2.3); the form with a date is passed over, since clocks differ. */
function retryAfterMsOf(response: TransportResponse): number | undefined {
  const text = response.header("retry-after");
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // no JSON: the caller says what came instead
  }
}

/** `get "user:1"`, `a batch of 12 operations`: what was being done, for errors. */
export function nameOf(operations: readonly Operation[]): string {
  if (operations.length !== 1) return `a batch of ${operations.length} operations`;
  const { key, text } = operations[0];
  return `${text.slice('{"op":"'.length, text.indexOf('"', '{"op":"'.length))} ${quote(key)}`;
}
