/**
 * The one way to Node's builtin modules from code that must also load in browsers.
 *
 * A static import of `node:fs` would break every bundle for the web, so builtins are asked for when a feature that
 * needs them is called. `process.getBuiltinModule` exists from Node 20.16 and 22.3; it is synchronous, unlike
 * `import()`, and bundlers do not see it. The type imports below leave no trace in the emitted code.
 */
import { UnavailableError } from "./errors.js";

export interface NodeBuiltins {
  "node:crypto": typeof import("node:crypto");
  "node:diagnostics_channel": typeof import("node:diagnostics_channel");
  "node:dns/promises": typeof import("node:dns/promises");
  "node:fs": typeof import("node:fs");
  "node:fs/promises": typeof import("node:fs/promises");
  "node:net": typeof import("node:net");
  "node:path": typeof import("node:path");
  "node:tls": typeof import("node:tls");
  "node:v8": typeof import("node:v8");
  "node:zlib": typeof import("node:zlib");
}

type GetBuiltin = (name: string) => object | undefined;

/** The module; a clear error where there is none. `feature` begins the error's sentence: `save()`. */
export function nodeBuiltin<Name extends keyof NodeBuiltins>(
  name: Name,
  feature = "This",
): NodeBuiltins[Name] {
  const found = findNodeBuiltin(name);
  if (found === undefined) throw new UnavailableError(feature, `${name} (Node 20.16 or later)`);
  return found;
}

/** The module, or undefined off Node: for features that work without, such as diagnostics channels. */
export function findNodeBuiltin<Name extends keyof NodeBuiltins>(name: Name): NodeBuiltins[Name] | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?: GetBuiltin } }).process;
  return host?.getBuiltinModule?.(name) as NodeBuiltins[Name] | undefined;
}
