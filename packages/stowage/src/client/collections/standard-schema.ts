/**
 * A validator, whichever library it is of: Standard Schema, version 1 (https://standardschema.dev), as far as it is needed
 * here. zod, valibot and arktype have it; a type of our own, so that nobody has to have any of them.
 */
import type { Issue } from "../errors.js";

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
      // biome-ignore lint/suspicious/noExplicitAny: later versions of the libraries hand over options here; none are given
      ...rest: any[]
    ) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What came of a value: what it is to be given out as, or what is wrong with it. */
export type Validated<Output> = { readonly value: Output } | { readonly issues: readonly Issue[] };

/** A promise only if the schema gives one. */
export function validate<Output>(
  schema: StandardSchema<unknown, Output> | undefined,
  value: unknown,
): Validated<Output> | Promise<Validated<Output>> {
  if (schema === undefined) return { value: value as Output };
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(validated) : validated(result);
}

function validated<Output>(result: StandardResult<Output>): Validated<Output> {
  if (result.issues === undefined) return { value: result.value };
  return {
    issues: result.issues.map(({ message, path }) => ({
      message,
      ...(path && { path: Array.from(path, keyIn) }),
    })),
  };
}

function keyIn(step: PropertyKey | { readonly key: PropertyKey }): PropertyKey {
  return typeof step === "object" ? step.key : step;
}
