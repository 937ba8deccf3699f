/** get, getMany, has, ttl, entry, peek. */

import { givenOptions } from "../../base/options.js";
import type { KeyState } from "../state.js";
import type { CallOptions, EntryOf } from "../types.js";
import { checkKey, entryOperation, getOperation, hasOperation, ttlOperation } from "../wire/operations.js";
import { type BoundCall, callOptions } from "./call-options.js";
import { inWindows } from "./many.js";
import { answer } from "./operate.js";

export function get(state: KeyState, key: string, options?: CallOptions): Promise<unknown> {
  try {
    return getBound(state, key, givenOptions(callOptions, options, "get"), "get");
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Of what was found. */
export async function getMany(
  state: KeyState,
  keys: Iterable<string>,
  options?: CallOptions,
): Promise<Map<string, unknown>> {
  const call = givenOptions(callOptions, options, "getMany");
  const asked = [...new Set(keys)];
  for (const key of asked) checkKey("getMany", key);
  const values = await inWindows(state, asked, (key) => getBound(state, key, call, "getMany"));
  const found = new Map<string, unknown>();
  for (let at = 0; at < asked.length; at++) if (values[at] !== undefined) found.set(asked[at], values[at]);
  return found;
}

export async function has(state: KeyState, key: string, options?: CallOptions): Promise<boolean> {
  const call = givenOptions(callOptions, options, "has");
  return (await answer(state, hasOperation(key), call)).found === true;
}

export async function ttl(
  state: KeyState,
  key: string,
  options?: CallOptions,
): Promise<number | null | undefined> {
  const call = givenOptions(callOptions, options, "ttl");
  const { found, ttl: left } = await answer(state, ttlOperation(key), call);
  return found === false ? undefined : (left ?? null);
}

/** Never from the near cache: who wants the version wants to write. */
export async function entry(
  state: KeyState,
  key: string,
  options?: CallOptions,
): Promise<EntryOf<unknown> | undefined> {
  const call = givenOptions(callOptions, options, "entry");
  const result = await answer(state, entryOperation("entry", key, true), call);
  if (result.found === false) return undefined;
  return { value: result.value, version: result.version as string, ttl: result.ttl ?? null };
}

export function peek({ near }: KeyState, key: string): unknown {
  return near?.peek(key);
}

function getBound(state: KeyState, key: string, call: BoundCall, where: string): Promise<unknown> {
  const { near } = state;
  // What one server is asked for by name is not looked for among what others have.
  if (near !== null && call.local === undefined && !state.isClosed) {
    const kept = near.peek(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const operation = (withMeta: boolean) =>
      withMeta ? entryOperation(where, key, true) : getOperation(where, key);
    return near.read(key, (withMeta) => answer(state, operation(withMeta), call));
  }
  return answer(state, getOperation(where, key), call).then(({ found, value }) =>
    found === false ? undefined : value,
  );
}
