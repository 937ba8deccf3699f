/** Tokens, scopes, rate limits: what other rooms use of this one. */
export { createAccess, type ReloadableAccess } from "./access.js";
export { isSame } from "./compare.js";
export { createLimits } from "./limiter.js";
export { hashOf, loadTokens, type TokenSet, withoutTokens } from "./tokens.js";
export * from "./types.js";
