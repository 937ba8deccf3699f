/** The answers that a connection gives of itself. */
import type { Connection } from "./connection.js";
import type { HttpRequestError } from "./errors.js";
import type { ConnectionHost, RefusalAnswer } from "./handler.js";
import { dateLine, fixedHead, headOf, responseOf } from "./response.js";

export const continueResponse = "HTTP/1.1 100 Continue\r\n\r\n";

/** The last response of a connection whose client sent what cannot be read. `method` may be unknown: empty. */
export function refusalOf(
  error: HttpRequestError,
  method: string,
  connection: Connection,
  host: ConnectionHost,
): string {
  const { type, body, fields } = host.handler.refused?.(error, connection) ?? inText(error);
  const head = fixedHead(error.status, { "content-type": type, ...fields, connection: "close" });
  const dated = head + dateLine(host.wall());
  return method === "HEAD" ? headOf(dated, body.length) : responseOf(dated, body);
}

function inText(error: HttpRequestError): RefusalAnswer {
  return { type: "text/plain; charset=utf-8", body: error.message };
}
