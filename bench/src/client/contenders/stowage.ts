/** Stowage's client; with a near cache in the row about that. */

import { Client, nearCache } from "stowage/client";
import { ensure, turn } from "../../harness/checks.js";
import { itemOf, keyOf, loadedOf } from "../items.js";
import type { Contender, Operation } from "./contender.js";

export const contender: Contender = {
  connect(port) {
    const url = `http://127.0.0.1:${port}`;
    const client = new Client({ url });
    let near: Client | undefined;
    let names: string[] = [];
    const get: Operation = (item) => client.get(keyOf(item));
    const set: Operation = (item) => client.set(keyOf(item), itemOf(item));
    const remember: Operation = (item) => client.remember(keyOf(item), () => loadedOf(item));
    const nearGet = (): Operation => {
      const made = new Client({ url, near: nearCache({ max: 100_000 }) });
      near = made;
      return (item) => made.get(names[item]);
    };
    return {
      operation: (verb) => (verb === "near" ? nearGet() : { get, set, remember }[verb]),
      async fill(items) {
        names = Array.from({ length: items }, (_, item) => keyOf(item));
        await client.setMany(names.map((name, item) => [name, itemOf(item)] as const));
        if (near !== undefined) await fillNear(near, names);
      },
      close: () => Promise.all([client.close(), near?.close()]),
    };
  },
};

const FILL_MS_MAX = 10_000;

/** Nothing is kept before it is known what changes at the server, so it may take more than one reading. */
async function fillNear(near: Client, names: readonly string[]): Promise<void> {
  const deadline = performance.now() + FILL_MS_MAX;
  while (names.some((name) => near.peek(name) === undefined)) {
    ensure(performance.now() < deadline, "the near cache holds what was read");
    for (const name of names) await near.get(name);
    await turn();
  }
}
