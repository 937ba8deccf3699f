/**
 * The options of the cache and of its calls, each declared once: type, default, meaning. Checks, the bound records and
 * the documentation's tables come from these; the interfaces that users see stand in types.ts.
 */
export * from "./options/cache.js";
export * from "./options/calls.js";
export * from "./options/extensions.js";
export * from "./options/fetching.js";
export * from "./options/storing.js";
