/** Tiers, their stores and patterns, installed: as ESM and CommonJS, without the drivers that a user may not have. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Consumer } from "./consumer.js";

/** A tiered cache in two processes that share a store, as far as one process can be two. */
const session = `
async function session({ createTiered, MemoryBus, MemoryStore, StowageError, RedisStore, LmdbStore, PostgresStore }) {
  const [store, bus] = [new MemoryStore(), new MemoryBus()];
  const one = createTiered({ name: "app", l2: store, bus });
  const two = createTiered({ name: "app", l2: store.attach(), bus: bus.attach() });
  await one.set("a", { n: 1 }, { tags: ["t"] });
  const found = (await two.get("a")).n;
  const loaded = await two.fetch("b", () => 2, { ttl: "1m" });
  await one.invalidateTag("t");
  await new Promise((heard) => setImmediate(heard));
  const gone = await two.get("a");
  await Promise.all([one.close(), two.close()]);
  const missing = [];
  for (const open of [
    () => new RedisStore({ url: "redis://127.0.0.1:1" }),
    () => new LmdbStore({ path: "lmdb-file" }),
    () => new PostgresStore({ url: "postgres://127.0.0.1:1/none" }),
  ]) {
    let opened;
    const fault = await (async () => {
      opened = open();
      await opened.getMany(["a"], { signal: new AbortController().signal });
    })().catch((error) => error);
    missing.push(fault instanceof StowageError ? fault.code : String(fault));
    await opened?.close().catch(() => undefined);
  }
  return [found, loaded, gone, ...missing].join(" ");
}`;
const answers = "1 2  STOWAGE_UNAVAILABLE STOWAGE_UNAVAILABLE STOWAGE_UNAVAILABLE";

const modules = [
  "stowage",
  "stowage/tiered",
  "stowage/stores/memory",
  "stowage/stores/redis",
  "stowage/stores/lmdb",
  "stowage/stores/postgres",
];

const typed = `
import { createTiered, MemoryBus, type Tiered } from "stowage/tiered";
import { MemoryStore } from "stowage/stores/memory";
import { RedisStore } from "stowage/stores/redis";
interface User { name: string }
const users: Tiered<User> = createTiered<User>({ l2: new MemoryStore(), bus: new MemoryBus(), ttl: "5m" });
export const user: Promise<User | undefined> = users.get("1");
export const loaded: Promise<User> = users.fetch("1", async () => ({ name: "Ada" }));
export const other = () => createTiered({ l2: { store: new RedisStore({ url: "redis://127.0.0.1:6379" }), timeout: "1s" } });
// @ts-expect-error a user has a name
users.set("1", {});
// @ts-expect-error there is no such option
createTiered({ l3: new MemoryStore() });`;

export function describeTiers(installed: () => Consumer): void {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = installed();
  });

  describe("the installed tiers", () => {
    it("work as ESM, and say which driver is missing", () => {
      const imports = modules.map((name) => `...(await import("${name}"))`).join(", ");
      consumer.write("tiers.mjs", `${session}\nconsole.log(await session({ ${imports} }));`);
      expect(consumer.node("tiers.mjs")).toBe(answers);
    });

    it("work as CommonJS, and say which driver is missing", () => {
      const required = modules.map((name) => `...require("${name}")`).join(", ");
      consumer.write("tiers.cjs", `${session}\nsession({ ${required} }).then((told) => console.log(told));`);
      expect(consumer.node("tiers.cjs")).toBe(answers);
    });

    it.each([
      ["node16", ["tiers.mts", "tiers.cts"], { module: "node16" }],
      ["bundler", ["tiers.ts"], { module: "esnext", moduleResolution: "bundler" }],
    ])("have types under %s, without those of drivers", (_resolution, files, options) => {
      for (const file of files) consumer.write(file, typed);
      expect(() => consumer.tsc(files, { ...options, lib: ["ES2022"], types: ["node"] })).not.toThrow();
    });
  });
}
