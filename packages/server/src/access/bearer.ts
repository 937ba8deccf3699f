/**
 * The token of an Authorization header: `Bearer TOKEN` (RFC 6750 2.1).
 *
 * The scheme's name may be in any case and more than one space may follow it (RFC 9110 11.4). Headers that came twice are joined
 * by ", " before they get here (RFC 9110 5.3), so they hold a space and are none of ours: nobody can tell which one a
 * proxy looked at.
 */
import { isToken } from "../config/token-text.js";

const scheme = /^Bearer +/i;

/** undefined: there is no such token. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [lead] = scheme.exec(authorization) ?? [];
  if (lead === undefined) return undefined;
  const token = authorization.slice(lead.length);
  return isToken(token) ? token : undefined;
}
