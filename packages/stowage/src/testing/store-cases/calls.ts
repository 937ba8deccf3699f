/** Every verb, as a call: for what has to hold whatever is called. */
import type { Store, StoreCall } from "../../stores/store.js";
import { bytesOf } from "../store-subject.js";

type Call = (store: Store, call: StoreCall) => Promise<unknown> | undefined;

const entry = { key: "a", bytes: bytesOf("1"), ttlMs: null };

/** Undefined where the store has no such verb. */
export const everyVerb: Readonly<Record<string, Call>> = {
  getMany: (store, call) => store.getMany(["a"], call),
  setMany: (store, call) => store.setMany([entry], call),
  deleteMany: (store, call) => store.deleteMany(["a"], call),
  expire: (store, call) => store.expire("a", 1_000, call),
  ttl: (store, call) => store.ttl("a", call),
  clear: (store, call) => store.clear("", call),
  lease: (store, call) => store.lease?.("a", { ttlMs: 1_000, seen: undefined }, call),
  fill: (store, call) => store.fill?.(entry, "1", call),
  release: (store, call) => store.release?.("a", "1", call),
  incr: (store, call) => store.incr?.("a", 1, { initial: 0, ttlMs: null }, call),
  scan: (store, call) => store.scan?.("", { limit: 10 }, call),
};
