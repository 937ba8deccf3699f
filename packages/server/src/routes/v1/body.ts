/** The JSON object that some requests of /v1 bring, with its members checked by name. */
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { parseBody } from "../cache/body.js";
import { badField } from "./fault.js";

export type Body = Readonly<Record<string, unknown>>;

/**
 * The members of the request's content. Without content there are none.
 *
 * @param names those that there may be
 * @throws Fault 415 for a body that is not said to be JSON, 400
 */
export function bodyOf(exchange: Exchange, names: readonly string[]): Body {
  if (exchange.content.length === 0) return {};
  const body = parseBody(exchange);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badField("the body", `a JSON object with ${names.join(", ")}`, body);
  for (const name of Object.keys(body)) {
    if (names.includes(name)) continue;
    throw new Fault(
      400,
      "invalid_body",
      `there is no field ${JSON.stringify(name)}; there are ${names.join(", ")}`,
      {
        more: { field: name },
      },
    );
  }
  return body as Body;
}
