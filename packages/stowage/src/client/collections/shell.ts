/**
 * Collections and values as a page has them at first: what they are over. What their verbs do comes when one is first called,
 * so that a page which has none does not pay for it. Arguments are checked at once.
 */

import type { SchemaCollection } from "./collection.js";
import { checkedParts, type Parts } from "./parts.js";
import type { StandardSchema } from "./standard-schema.js";
import type { Collection, CollectionClient, CollectionLoading, SchemaOptions, Value } from "./types.js";
import type { SchemaValue } from "./value.js";

type AnyCollection = SchemaCollection<unknown, unknown>;
type AnyValue = SchemaValue<unknown, unknown>;

const verbs = {
  collection: [
    "get",
    "getMany",
    "set",
    "setMany",
    "delete",
    "deleteMany",
    "exists",
    "clear",
    "remember",
    "rememberAll",
    "incr",
    "decr",
  ],
  value: ["get", "set", "delete", "exists", "remember", "incr", "decr"],
} as const satisfies { collection: readonly (keyof AnyCollection)[]; value: readonly (keyof AnyValue)[] };

/** @throws InvalidArgumentError, InvalidOptionError */
export function createCollection<Input, Output = Input>(
  client: CollectionClient,
  loading: CollectionLoading,
  prefix: string,
  schema?: StandardSchema<Input, Output>,
  options?: SchemaOptions,
): Collection<Input, Output> {
  const parts = checkedParts("collection", { client, loading, name: prefix, schema }, options);
  const real = once(
    async () => new (await import("./collection.js")).SchemaCollection<unknown, unknown>(parts),
  );
  const shell = {
    prefix,
    ...deferred(verbs.collection, real),
    async *scan(...call: Parameters<AnyCollection["scan"]>) {
      yield* (await real()).scan(...call);
    },
    async *keys(...call: Parameters<AnyCollection["keys"]>) {
      yield* (await real()).keys(...call);
    },
  };
  return Object.freeze(shell) as unknown as Collection<Input, Output>;
}

/** @throws InvalidArgumentError, InvalidOptionError */
export function createValue<Input, Output = Input>(
  client: CollectionClient,
  loading: CollectionLoading,
  key: string,
  schema?: StandardSchema<Input, Output>,
  options?: SchemaOptions,
): Value<Input, Output> {
  const parts: Parts = checkedParts("value", { client, loading, name: key, schema }, options);
  const real = once(async () => new (await import("./value.js")).SchemaValue<unknown, unknown>(parts));
  return Object.freeze({ key, ...deferred(verbs.value, real) }) as unknown as Value<Input, Output>;
}

/** What could not be loaded is tried again. */
function once<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= create();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}

/** Verbs that wait for the real one, and then are its own. */
function deferred<Real extends object>(
  names: readonly (keyof Real & string)[],
  real: () => Promise<Real>,
): Record<string, (...call: unknown[]) => Promise<unknown>> {
  const call =
    (name: keyof Real) =>
    async (...given: unknown[]) => {
      const target = await real();
      return (target[name] as (...given: unknown[]) => Promise<unknown>).apply(target, given);
    };
  return Object.fromEntries(names.map((name) => [name, call(name)]));
}
