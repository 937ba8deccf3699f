/** What it means when a server does not answer with its changes. */
import { ServerRefusedError } from "../errors.js";
import type { Node } from "../nodes/types.js";
import type { TransportStream } from "../transport/transport.js";

const WHAT = "The near cache wants to follow GET /v1/changes";

/** Statuses below 500 that say "not now". */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

const reasons: Readonly<Record<number, string>> = {
  200: "what it sends is no event stream, as that of a Stowage server is",
  400: "it does not understand that, as it follows no prefixes of over 48 bytes: look at those of the token",
  401: 'the token is missing or not known there; give the client a "token"',
  403: "the token does not reach the keys that are to be kept: look at its prefixes, and at those of the near cache",
  404: "it has no changes to follow; a near cache needs a Stowage server, Lix Cache's has none",
};

/** Undefined: it answers with its changes. */
export function refusalOf(node: Node, stream: TransportStream): ServerRefusedError | undefined {
  const { status } = stream;
  if (status === 200 && stream.header("content-type")?.startsWith("text/event-stream")) return undefined;
  const seconds = Number(stream.header("retry-after"));
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : undefined;
  return new ServerRefusedError(
    { node: node.url, what: WHAT },
    { status, said: textOf(status), retryAfterMs },
  );
}

/** Whether asking again soon would bring the same. */
export function isLasting(error: unknown): error is ServerRefusedError {
  return error instanceof ServerRefusedError && error.status < 500 && !passing.has(error.status);
}

function textOf(status: number): string {
  if (status >= 500 || passing.has(status)) return "it does not for now";
  const reason = reasons[status] ?? "it refuses";
  return `${reason}. For this server the near cache is as if it was behind ("whenBehind"); it asks again each minute.`;
}
