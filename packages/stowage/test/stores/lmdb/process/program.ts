/**
 * Another process on the same file. It is bundled, and told by its arguments what to do:
 *
 *     answer    runs what it is sent, one call after the other
 *     write     writes as fast as it can, until it is killed
 */
import { createHash } from "node:crypto";
import { open } from "lmdb";
import { LmdbStore } from "../../../../src/stores/lmdb/index.js";

const call = { signal: new AbortController().signal };
const [, , path, task, name] = process.argv;
const database = open({ path, noSubdir: false, maxDbs: 64, cache: false });
const store = new LmdbStore({ database: database as never, maxSize: "8mb" });

export interface Asked {
  readonly verb: "get" | "set" | "lease" | "fill" | "incr";
  readonly key: string;
  readonly value?: string;
}

async function answer({ verb, key, value = "" }: Asked): Promise<unknown> {
  const entry = { key, bytes: Buffer.from(value), ttlMs: 60_000 };
  if (verb === "get") return text((await store.getMany([key], call))[0]);
  if (verb === "set") return store.setMany([entry], call);
  if (verb === "incr") return store.incr(key, 1, { initial: 0, ttlMs: null }, call);
  if (verb === "fill") return store.fill({ ...entry, bytes: Buffer.from("filled") }, value, call);
  const lease = await store.lease(key, { ttlMs: 60_000, seen: undefined }, call);
  return { kind: lease.kind, token: lease.kind === "granted" ? lease.token : undefined };
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}

/** Values that tell whether they are whole, and counters that go with them: both are written, or neither. */
async function write(): Promise<void> {
  for (let round = 0; ; round++) {
    const entries = Array.from({ length: 20 }, (_, index) => {
      const body = Buffer.alloc(100 + ((round * 37 + index * 911) % 6_000), `${name}${round}`);
      const hash = createHash("sha256").update(body).digest();
      return {
        key: `${name}:${(round * 7 + index) % 300}`,
        bytes: Buffer.concat([hash, body]),
        ttlMs: 60_000,
      };
    });
    await Promise.all([
      store.setMany(entries, call),
      store.incr(`${name}:n`, 1, { initial: 0, ttlMs: null }, call),
      store.lease(`${name}:lease`, { ttlMs: 60_000, seen: undefined }, call),
    ]);
    if (round === 5) process.send?.("warm");
  }
}

if (task === "write") void write();
else {
  process.on("message", async (asked: Asked) => process.send?.({ answer: await answer(asked) }));
  process.send?.("warm");
}
