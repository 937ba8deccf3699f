/** Warm restarts: what a snapshot of the table carries over of a shared cache, and dumps that caches of both kinds read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache } from "stowage";
import { SharedCache } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder: string;
let clock: FakeClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stowage-restart-"));
  clock = new FakeClock();
});

afterEach(() => rmSync(folder, { recursive: true }));

function fill(cache: SharedCache<unknown> | Cache<string, unknown>): void {
  cache.set("plain", { a: [1] });
  cache.set("mortal", 1, { ttl: 1_000 });
  cache.set("tagged", 2, { tags: ["x", "y"] });
  cache.incr("counter", 5);
}

function check(cache: SharedCache<unknown> | Cache<string, unknown>): void {
  expect(cache.size()).toBe(4);
  expect(cache.get("plain")).toEqual({ a: [1] });
  expect(cache.ttl("mortal")).toBe(1_000);
  expect([...(cache.inspect("tagged")?.tags ?? [])]).toEqual(["x", "y"]);
  expect(cache.incr("counter")).toBe(6);
  cache.invalidateTag("y");
  expect(cache.has("tagged")).toBe(false);
}

it("by snapshot and load", async () => {
  const path = join(folder, "cache.snapshot");
  const before = SharedCache.create<unknown>({ memory: "2mb", clock });
  fill(before);
  await before.fetch("kept", () => "old", { ttl: 10, grace: 5_000 });
  before.delete("kept");
  await before.snapshot(path);
  before.close();
  const after = SharedCache.create<unknown>({ memory: "2mb", clock });
  await after.load(path);
  check(after);
  after.verify();
  after.close();
});

it("by save and restore, from one kind of cache to the other", async () => {
  const path = join(folder, "cache.dump");
  const shared = SharedCache.create<unknown>({ memory: "2mb", clock });
  fill(shared);
  await shared.save(path);
  const local = new Cache<string, unknown>({ clock });
  await local.restore(path);
  check(local);
  const other = new Cache<string, unknown>({ clock });
  fill(other);
  await other.save(path);
  const again = SharedCache.create<unknown>({ memory: "2mb", clock, codec: "structured" });
  await again.restore(path);
  check(again);
  for (const cache of [shared, local, other, again]) cache.close();
});
