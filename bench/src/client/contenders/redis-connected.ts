/** How a program that has a Redis client caches objects: JSON in, JSON out. */
import { itemOf, keyOf, loadedOf } from "../items.js";
import type { Connected, Operation } from "./contender.js";

export interface TextClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
}

export function connectedTo(client: TextClient, close: () => unknown): Connected {
  const get: Operation = async (item) => parsed(await client.get(keyOf(item)));
  const set: Operation = (item) => client.set(keyOf(item), JSON.stringify(itemOf(item)));
  /** Cache-aside by hand, without a guard against stampedes: on a hit nothing more is to be done. */
  const remember: Operation = async (item) => {
    const found = await client.get(keyOf(item));
    if (found !== null) return JSON.parse(found);
    const value = loadedOf(item);
    await client.set(keyOf(item), JSON.stringify(value));
    return value;
  };
  return {
    operation: (verb) => (verb === "near" ? undefined : { get, set, remember }[verb]),
    async fill(items) {
      for (let item = 0; item < items; item++) await set(item);
    },
    close,
  };
}

function parsed(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
