/** The id that a client, or a proxy in front of it, gave a request: it is echoed, so that logs on both sides can be joined. */
import type { RequestHead } from "stowage-http1";

/** As Lix does: shorter ones are no ids, longer ones are no use. Printable, since it goes into logs. */
const ID = /^[\x20-\x7e]{20,200}$/;

/** Empty: none that is echoed. */
export function idOf(head: RequestHead): string {
  const given = head.header("x-request-id");
  return given !== undefined && ID.test(given) ? given : "";
}
