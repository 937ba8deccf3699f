/**
 * Why a value cannot be saved, said before anything is lost.
 */
import { classNameOf, quote } from "../../../base/describe.js";
import { SerializationError } from "../../../base/errors.js";
import { pathTo } from "./path-to.js";

/** The fault and its culprit; where in the value that one sits is found out by `located`. */
export class Unsavable extends Error {
  constructor(
    readonly culprit: unknown,
    message: string,
    readonly className?: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }

  static unregistered(value: object): Unsavable {
    const message = `${instanceName(value)} is of a class that is not registered; add it to the option classes`;
    return new Unsavable(value, message, classNameOf(value));
  }
}

/** The typed error for whatever saving threw. */
export function located(error: unknown, root: unknown): SerializationError {
  if (error instanceof SerializationError) return error;
  if (!(error instanceof Unsavable)) {
    const message = error instanceof Error ? error.message : String(error);
    return new SerializationError(`reading it failed: ${quote(message)}`, { cause: error });
  }
  const path = pathTo(error.culprit, root);
  const at = path === undefined || path === "" ? "" : ` (at ${path})`;
  return new SerializationError(error.message + at, { cause: error.cause, className: error.className });
}

/** `an instance of User`. */
export function instanceName(value: object): string {
  return `an instance of ${classNameOf(value) ?? "a nameless class"}`;
}

/** Properties named by symbols have no name that another process would know. */
export function refuseSymbols(value: object): void {
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length === 0) return;
  const shown = symbols.find((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
  if (shown !== undefined) throw new Unsavable(value, `its property ${String(shown)} cannot be saved`);
}

/** Properties hung onto a Map and the like would be lost. */
export function refuseProperties(value: object): void {
  refuseSymbols(value);
  for (const name in value) {
    if (Object.hasOwn(value, name)) throw new Unsavable(value, `its property ${quote(name)} cannot be saved`);
  }
}
