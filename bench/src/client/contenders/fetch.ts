/** What one writes without a client: a request by `fetch` for each call. */
import { itemOf, keyOf, loadedOf } from "../items.js";
import type { Contender, Operation } from "./contender.js";

export const contender: Contender = {
  connect(port) {
    const base = `http://127.0.0.1:${port}/cache`;
    const get: Operation = async (item) => {
      const answer = await fetch(`${base}/get?key=${encodeURIComponent(keyOf(item))}`);
      const { value } = (await answer.json()) as { value?: unknown };
      return answer.ok ? value : undefined;
    };
    const set: Operation = async (item) => {
      const body = JSON.stringify({ key: keyOf(item), value: itemOf(item) });
      const answer = await fetch(`${base}/set`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.arrayBuffer();
    };
    const remember: Operation = async (item) => {
      const found = await get(item);
      return found ?? loadedOf(item);
    };
    return {
      operation: (verb) => (verb === "near" ? undefined : { get, set, remember }[verb]),
      async fill(items) {
        for (let item = 0; item < items; item++) await set(item);
      },
      close() {},
    };
  },
};
