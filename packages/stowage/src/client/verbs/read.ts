/** get, getMany, has, ttl, entry, peek. */

import type { ClientState } from "../state.js";
import type { CallOptions, EntryOf } from "../types.js";
import type { OperationResult } from "../wire/operation.js";
import { checkKey, entryOperation, getOperation, hasOperation, ttlOperation } from "../wire/operations.js";
import { type BoundCall, callOptions, givenOptions } from "./call-options.js";
import { inWindows } from "./many.js";
import { ask, sound } from "./operate.js";

export function get(state: ClientState, key: string, options?: CallOptions): Promise<unknown> {
  try {
    return getBound(state, key, givenOptions(callOptions, options, "get"), "get");
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Of what was found. */
export async function getMany(
  state: ClientState,
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

export async function has(state: ClientState, key: string, options?: CallOptions): Promise<boolean> {
  const call = givenOptions(callOptions, options, "has");
  const operation = hasOperation(key);
  return sound(state, operation, await ask(state, operation, call), call).found === true;
}

export async function ttl(
  state: ClientState,
  key: string,
  options?: CallOptions,
): Promise<number | null | undefined> {
  const call = givenOptions(callOptions, options, "ttl");
  const operation = ttlOperation(key);
  const result = sound(state, operation, await ask(state, operation, call), call);
  return result.found === false ? undefined : (result.ttl ?? null);
}

/** Never from the near cache: who wants the version wants to write. */
export async function entry(
  state: ClientState,
  key: string,
  options?: CallOptions,
): Promise<EntryOf<unknown> | undefined> {
  const call = givenOptions(callOptions, options, "entry");
  const operation = entryOperation("entry", key, true);
  const result = sound(state, operation, await ask(state, operation, call), call);
  if (result.found === false) return undefined;
  return { value: result.value, version: result.version as string, ttl: result.ttl ?? null };
}

export function peek({ near }: ClientState, key: string): unknown {
  return near?.peek(key);
}

function getBound(state: ClientState, key: string, call: BoundCall, where: string): Promise<unknown> {
  const { near } = state;
  // What one server is asked for by name is not looked for among what others have.
  if (near !== null && call.local === undefined) return getNear(state, near, key, call, where);
  const operation = getOperation(where, key);
  return ask(state, operation, call).then((result) => valueIn(sound(state, operation, result, call)));
}

function getNear(
  state: ClientState,
  near: NonNullable<ClientState["near"]>,
  key: string,
  call: BoundCall,
  where: string,
): Promise<unknown> {
  const kept = state.isClosed ? undefined : near.peek(key);
  if (kept !== undefined) return Promise.resolve(kept);
  const read = near.begin(key);
  if (read === undefined) {
    const operation = getOperation(where, key);
    return ask(state, operation, call).then((result) => valueIn(sound(state, operation, result, call)));
  }
  return fillFrom(state, near, read, call, where);
}

/** Ends the read in exactly one fill or abandon. */
async function fillFrom(
  state: ClientState,
  near: NonNullable<ClientState["near"]>,
  read: { readonly key: string },
  call: BoundCall,
  where: string,
): Promise<unknown> {
  let value: unknown;
  let isEnded = false;
  try {
    const operation = entryOperation(where, read.key, true);
    const result = sound(state, operation, await ask(state, operation, call), call);
    value = valueIn(result);
    if (value !== undefined) {
      isEnded = true;
      near.fill(read, value, result.ttl ?? null, result.tagged === true);
    }
  } finally {
    if (!isEnded) near.abandon(read);
  }
  return value;
}

function valueIn({ found, value }: OperationResult): unknown {
  return found === false ? undefined : value;
}
