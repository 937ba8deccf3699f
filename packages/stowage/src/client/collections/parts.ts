/** What collections and values are made of, checked. Stands in what a page loads first, so it is short. */
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import type { StandardSchema } from "./standard-schema.js";
import type { CollectionClient, CollectionLoading, SchemaOptions } from "./types.js";

export interface Parts {
  readonly client: CollectionClient;
  readonly loading: CollectionLoading;
  /** Prefix, or key. */
  readonly name: string;
  /** Undefined: every value fits. */
  readonly schema: StandardSchema | undefined;
  /** What does not fit is thrown, rather than taken for absent. */
  readonly throws: boolean;
}

const names: ReadonlySet<string> = new Set(["onInvalid"]);

/** @param where the call that the user made, for errors */
export function checkedParts(
  where: "collection" | "value",
  given: Omit<Parts, "schema" | "throws"> & { readonly schema: unknown },
  options: SchemaOptions = {},
): Parts {
  const { client, loading, name, schema } = given;
  const isCollection = where === "collection";
  if (typeof name !== "string" || (isCollection && name === "")) {
    const [what, right] = isCollection ? ["the prefix", "a text that is not empty"] : ["the key", "a text"];
    throw new InvalidArgumentError(where, what, name, right);
  }
  if (schema !== undefined && !isSchema(schema)) {
    const right = "a Standard Schema, such as those of zod, valibot and arktype";
    throw new InvalidArgumentError(where, "the schema", schema, right);
  }
  checkNames(options, names, where);
  const { onInvalid = "miss" } = options;
  if (onInvalid !== "miss" && onInvalid !== "throw")
    throw new InvalidOptionError({
      where,
      option: "onInvalid",
      received: onInvalid,
      expected: '"miss" or "throw"',
    });
  return { client, loading, name, schema, throws: onInvalid === "throw" };
}

function isSchema(value: unknown): value is StandardSchema {
  // arktype's are functions.
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const standard = (value as Partial<StandardSchema>)["~standard"];
  return typeof standard?.validate === "function";
}
