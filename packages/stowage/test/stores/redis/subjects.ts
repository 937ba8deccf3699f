/** The store suite's subjects over real servers: each case has a prefix of its own on the same place. */
import { randomBytes } from "node:crypto";
import { RedisStore, type RedisStoreOptions } from "../../../src/stores/redis/index.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

let count = 0;
/** Bundles of this file have a count each, and may meet on one server. */
const own = randomBytes(4).toString("hex");

/** @param options asked for each store: a client that is shared, or a URL */
export function subjectOf(name: string, options: () => RedisStoreOptions): StoreSubject {
  return {
    name,
    abilities: {
      name: "redis",
      shared: true,
      persistent: true,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: Number.POSITIVE_INFINITY,
      valueBytesMax: 1_000_000,
    },
    time: "about",
    sharing: true,
    open() {
      const prefix = `suite*${own}:${++count}:`;
      const open = () => new RedisStore({ ...options(), prefix, maxValueSize: 1_000_000 });
      return {
        store: open(),
        another: open,
        advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      };
    },
  };
}
