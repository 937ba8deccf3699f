/** The loops that put operations to a store that answers at once. */
import type { DirectStore } from "../contenders/contender.js";
import { keyBytes } from "../settings.js";
import { isMixedSet, type Operation, type Work } from "./operations.js";
import { chunkOps, type Requests, Target, togetherOps, Values } from "./requests.js";

/** The key of the i-th operation stands at i & slot. */
const slot = chunkOps - 1;

interface DirectWork {
  run(from: number, to: number): number;
}

export function directWork(
  operation: Operation,
  store: DirectStore,
  requests: Requests,
  valueBytes: number,
): Work {
  switch (operation) {
    case "get":
      return getting(store, requests, valueBytes);
    case "get-buffer":
      return gettingBuffers(store, requests, valueBytes);
    case "get-text":
      return gettingTexts(store, requests, valueBytes);
    case "set":
      return together(store, setting(store, requests, valueBytes));
    case "mixed":
      return store.together === undefined
        ? mixing(store, requests, valueBytes)
        : mixingApart(store, store.together, requests, valueBytes);
    case "incr":
      return together(store, counting(store, requests));
  }
}

function getting(store: DirectStore, requests: Requests, valueBytes: number): DirectWork {
  const target = new Target(valueBytes);
  const { keys } = requests;
  return {
    run(from, to) {
      let found = 0;
      for (let i = from; i < to; i++) {
        const length = store.read(keys[i & slot], target.buffer);
        if (length === valueBytes && target.item === requests.itemOf(i)) found++;
      }
      return found;
    },
  };
}

function gettingBuffers(store: DirectStore, requests: Requests, valueBytes: number): DirectWork {
  const { keys } = requests;
  return {
    run(from, to) {
      let found = 0;
      for (let i = from; i < to; i++) {
        const value = store.get(keys[i & slot]);
        if (value?.length === valueBytes && value[0] === (requests.itemOf(i) & 255)) found++;
      }
      return found;
    },
  };
}

function gettingTexts(store: DirectStore, requests: Requests, valueBytes: number): DirectWork {
  const { texts } = requests;
  const [lastOfKey, lastOfDigits] = [keyBytes - 1, keyBytes - 6];
  return {
    run(from, to) {
      let found = 0;
      for (let i = from; i < to; i++) {
        const key = texts[i & slot];
        const text = store.getText(key);
        if (text?.length === valueBytes && text.charCodeAt(lastOfDigits) === key.charCodeAt(lastOfKey))
          found++;
      }
      return found;
    },
  };
}

function setting(store: DirectStore, requests: Requests, valueBytes: number): DirectWork {
  const values = new Values(valueBytes);
  const { keys } = requests;
  return {
    run(from, to) {
      for (let i = from; i < to; i++) store.write(keys[i & slot], values.stamped(requests.itemOf(i), i));
      return to - from;
    },
  };
}

function mixing(store: DirectStore, requests: Requests, valueBytes: number): DirectWork {
  const values = new Values(valueBytes);
  const target = new Target(valueBytes);
  const { keys } = requests;
  return {
    run(from, to) {
      let done = 0;
      for (let i = from; i < to; i++) {
        const item = requests.itemOf(i);
        if (isMixedSet(i)) {
          store.write(keys[i & slot], values.stamped(item, i));
          done++;
        } else if (store.read(keys[i & slot], target.buffer) === valueBytes && target.item === item) done++;
      }
      return done;
    },
  };
}

/** Reads outside of transactions, which is where they are fast and run beside others; then what there is to write, in one. */
function mixingApart(
  store: DirectStore,
  inTransaction: NonNullable<DirectStore["together"]>,
  requests: Requests,
  valueBytes: number,
): Work {
  const values = new Values(valueBytes);
  const target = new Target(valueBytes);
  const { keys } = requests;
  const readAll = (from: number, to: number): number => {
    let found = 0;
    for (let i = from; i < to; i++) {
      if (isMixedSet(i)) continue;
      const length = store.read(keys[i & slot], target.buffer);
      if (length === valueBytes && target.item === requests.itemOf(i)) found++;
    }
    return found;
  };
  const writeAll = (from: number, to: number): number => {
    let written = 0;
    for (let i = from; i < to; i++) {
      if (!isMixedSet(i)) continue;
      store.write(keys[i & slot], values.stamped(requests.itemOf(i), i));
      written++;
    }
    return written;
  };
  return {
    run(from, to) {
      let done = 0;
      for (let next = from; next < to; next += togetherOps) {
        const end = Math.min(to, next + togetherOps);
        done += readAll(next, end);
        inTransaction(() => {
          done += writeAll(next, end);
        });
      }
      return done;
    },
  };
}

function counting(store: DirectStore, requests: Requests): DirectWork {
  const { keys } = requests;
  return {
    run(from, to) {
      let done = 0;
      for (let i = from; i < to; i++) if (store.count(keys[i & slot]) > 0) done++;
      return done;
    },
  };
}

/** In transactions, where the store is faster so. */
function together(store: DirectStore, work: DirectWork): Work {
  const { together: inTransaction } = store;
  if (inTransaction === undefined) return work;
  return {
    run(from, to) {
      let done = 0;
      for (let next = from; next < to; next += togetherOps) {
        inTransaction(() => {
          done += work.run(next, Math.min(to, next + togetherOps));
        });
      }
      return done;
    },
  };
}
