/** What the near cache does not have, from the server. */
import type { OperationResult } from "../wire/operation.js";
import type { Near } from "./types.js";

/** @param ask see Near.read */
export function readThrough(
  near: Near,
  key: string,
  ask: (withMeta: boolean) => Promise<OperationResult>,
): Promise<unknown> {
  const read = near.begin(key);
  if (read === undefined) return ask(false).then(valueIn);
  return fillFrom(near, read, ask);
}

/** Ends the read in exactly one fill or abandon. */
async function fillFrom(
  near: Near,
  read: { readonly key: string },
  ask: (withMeta: boolean) => Promise<OperationResult>,
): Promise<unknown> {
  let value: unknown;
  let isEnded = false;
  try {
    const result = await ask(true);
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
