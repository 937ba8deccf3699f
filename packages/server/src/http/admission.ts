/**
 * Who may pass: token, scope, rate. Asked before it is said whether a route exists and before content is looked at, so
 * that whoever has no token learns nothing and costs next to nothing.
 */
import type { RequestHead } from "stowage-http1";
import { isSame } from "../access/compare.js";
import {
  type Access,
  everybody,
  type Identified,
  mayDo,
  type Principal,
  type Scope,
} from "../access/types.js";
import { Fault } from "./fault.js";

const missing = unauthorized("Missing or invalid Authorization header");
const unknown = unauthorized("Invalid API key");

/** What a connection remembers of its token: hashing it again for each request would cost more than the request. */
export interface Credentials {
  authorization: string | undefined;
  generation: number;
  identified: Identified;
  /** They are those of the fields at hand: no request came in between whose fields were others, whoever sent it. */
  current: boolean;
}

export function noCredentials(): Credentials {
  return { authorization: undefined, generation: -1, identified: everybody, current: false };
}

/** Who it is; a Fault if nobody that is known. */
export function identify(access: Access, credentials: Credentials, head: RequestHead): Principal | Fault {
  const sameTokens = credentials.generation === access.generation;
  if (!sameTokens || !credentials.current) {
    const authorization = head.header("authorization");
    if (!sameTokens || !isSame(authorization ?? "", credentials.authorization ?? "")) {
      credentials.identified = access.identify(authorization);
      credentials.authorization = authorization;
      credentials.generation = access.generation;
    }
    credentials.current = true;
  }
  const { identified } = credentials;
  if (identified === "missing") return missing;
  return identified === "unknown" ? unknown : identified;
}

/** Undefined: the principal may go on. */
export function refusalOf(access: Access, principal: Principal, scope: Scope): Fault | undefined {
  if (!mayDo(principal, scope)) return notAllowed(principal, scope);
  const waitMs = access.admit(principal);
  return waitMs > 0 ? tooMany(waitMs) : undefined;
}

export function notAllowed(principal: Principal, scope: Scope): Fault {
  return new Fault(
    403,
    "forbidden_scope",
    `this needs a token of scope ${scope}; yours has ${principal.scope}`,
  );
}

function tooMany(waitMs: number): Fault {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Fault(429, "rate_limited", `too many requests for this token; try again in ${seconds} s`, {
    fields: { "retry-after": seconds },
  });
}

function unauthorized(message: string): Fault {
  return new Fault(401, "", "Unauthorized", { more: { message }, fields: { "www-authenticate": "Bearer" } });
}
