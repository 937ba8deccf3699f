/** Who sends a request, and whether it may be one more: tokens, and their rate limits. */
import { bearerTokenOf } from "./bearer.js";
import { Keyring } from "./keyring.js";
import { intervalNs, Limiter } from "./limiter.js";
import type { Holder, TokenSet } from "./tokens.js";
import { type Access, everybody, type Identified, type Principal } from "./types.js";

/** An Access whose tokens can be replaced while requests are served. */
export interface ReloadableAccess extends Access {
  /** From now on these tokens count. */
  load(tokens: TokenSet): void;
}

/**
 * @param limits of `createLimits`, shared by all workers
 * @param now milliseconds, of one clock for all threads (`sharedNow`)
 */
export function createAccess(
  tokens: TokenSet,
  limits: SharedArrayBuffer,
  now: () => number,
): ReloadableAccess {
  return new TokenAccess(tokens, new Limiter(limits, now));
}

class TokenAccess implements ReloadableAccess {
  readonly #limiter: Limiter;
  #on = false;
  #generation = 0;
  #keyring!: Keyring;
  #holders: readonly KnownHolder[] = [];

  constructor(tokens: TokenSet, limiter: Limiter) {
    this.#limiter = limiter;
    this.load(tokens);
  }

  get on(): boolean {
    return this.#on;
  }

  get generation(): number {
    return this.#generation;
  }

  load({ on, holders }: TokenSet): void {
    this.#on = on;
    this.#holders = holders.map((holder) => new KnownHolder(holder));
    this.#keyring = new Keyring(holders.map(({ sha256 }) => sha256));
    this.#generation++;
  }

  identify(authorization: string | undefined): Identified {
    if (!this.#on) return everybody;
    const token = bearerTokenOf(authorization);
    if (token === undefined) return "missing";
    const at = this.#keyring.find(token);
    return at < 0 ? "unknown" : this.#holders[at];
  }

  admit(principal: Principal): number {
    if (!(principal instanceof KnownHolder) || principal.intervalNs === null) return 0;
    return this.#limiter.take(principal.slot, principal.intervalNs);
  }
}

class KnownHolder implements Principal {
  readonly name: string;
  readonly scope: Principal["scope"];
  readonly prefixes: Principal["prefixes"];
  readonly slot: number;
  /** null: no limit. */
  readonly intervalNs: bigint | null;

  constructor({ name, scope, prefixes, slot, rate }: Holder) {
    this.name = name;
    this.scope = scope;
    this.prefixes = prefixes;
    this.slot = slot;
    this.intervalNs = rate === null ? null : intervalNs(rate);
  }
}
