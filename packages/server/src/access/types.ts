/** Who may do what: tokens, their scopes, the keys that they reach. */

/** read < write < admin: each may do what those before it may. */
export type Scope = "read" | "write" | "admin";

/** The holder of a token, or everybody where auth is off. */
export interface Principal {
  /** For logs and rate limits; never the token. */
  readonly name: string;
  readonly scope: Scope;
  /** Keys must begin with one of these; null: all keys. */
  readonly prefixes: readonly string[] | null;
}

export type Identified = Principal | "missing" | "unknown";

export interface Access {
  /** Whether tokens are asked for. */
  readonly on: boolean;
  /** Grows when tokens are loaded anew, so that what a connection remembers of its token is forgotten. */
  readonly generation: number;
  /** Who sends this Authorization header. Takes the same time for each wrong token. */
  identify(authorization: string | undefined): Identified;
  /** Takes one request of the principal's allowance: 0, or the milliseconds to wait before the next one (429). */
  admit(principal: Principal): number;
}

const rank: Readonly<Record<Scope, number>> = { read: 0, write: 1, admin: 2 };

export function mayDo(principal: Principal, scope: Scope): boolean {
  return rank[principal.scope] >= rank[scope];
}

export function mayTouch({ prefixes }: Principal, key: string): boolean {
  return prefixes === null || prefixes.some((prefix) => key.startsWith(prefix));
}

/** What everybody is where auth is off. */
export const everybody: Principal = Object.freeze({ name: "everybody", scope: "admin", prefixes: null });
