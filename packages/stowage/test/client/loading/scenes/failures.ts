/** A cache that fails: fetch says so, remember does not mind. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { RequestTimeoutError } from "../../../../src/client/errors.js";
import { failure, scene } from "../support/scene.js";

const away = new RequestTimeoutError({ node: "http://fake", what: "get" }, 5_000);

/** Requests whose names begin so do not come through. */
const cut =
  (...names: string[]) =>
  (to: "there" | "back", what: string) => {
    if (to === "there" && names.some((name) => what.startsWith(name))) throw away;
  };

export const failureScenes = [
  scene("fetch fails with the cache's error, at each step before the loader", async (fleet, source) => {
    const client = fleet.client();
    for (const step of ["get", "POST"]) {
      fleet.way = cut(step);
      assert.equal(await failure(client.fetch("a", source.load)), away);
    }
    assert.equal(source.loads.length, 0);
    assert.deepEqual(fleet.faults, []);
  }),

  scene("fetch gives what was loaded although it could not be stored", async (fleet) => {
    const client = fleet.client();
    fleet.way = cut("PUT");
    assert.equal(await client.fetch("a", () => "v"), "v");
    assert.deepEqual(fleet.faults, [away]);
  }),

  scene("remember loads whatever fails, and tells", async (fleet) => {
    const client = fleet.client();
    for (const step of ["get", "POST", "PUT", "", "wait"]) {
      fleet.way = cut(step);
      assert.equal(await client.remember(`key ${step}`, () => `v ${step}`), `v ${step}`);
    }
    assert.equal(fleet.faults.length, 4);
    assert.equal(client.counts.withoutCache, 3);
  }),

  scene("remember goes on when the wait for another process fails", async (fleet, source) => {
    const [one, other] = [fleet.client(), fleet.client()];
    const first = one.fetch("a", source.load);
    await settle();
    fleet.way = cut("wait");
    const calls = [other.remember("a", source.load), other.fetch("a", source.load)];
    await settle();
    source.loads[1].resolve("mine");
    // One who waits for the same load gets its value as well.
    assert.deepEqual(await Promise.all(calls), ["mine", "mine"]);
    source.loads[0].resolve("v");
    assert.equal(await first, "v");
    assert.equal(fleet.server.value("a"), "v");
  }),

  scene("without a cache, callers of one process still share a load", async (fleet, source) => {
    const client = fleet.client();
    fleet.way = cut("");
    const calls = Array.from({ length: 5 }, () => client.remember("a", source.load));
    await settle();
    calls.push(client.remember("a", source.load));
    await settle();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    assert.deepEqual(await Promise.all(calls), Array(6).fill("v"));
    assert.equal(source.loads.length, 1);
  }),

  scene("without a cache, remember fails with the loader's own error, and pauses after it", async (fleet) => {
    const client = fleet.client({ fetch: { backoff: 1_000 } });
    fleet.way = cut("");
    let tries = 0;
    const load = (): never => {
      tries++;
      throw new TypeError("boom");
    };
    assert.equal((await failure(client.remember("a", load))).message, "boom");
    assert.equal((await failure(client.remember("a", load))).message, "boom");
    assert.equal(tries, 1);
  }),

  scene("without a cache, that nothing was found is remembered here", async (fleet) => {
    const client = fleet.client({ fetch: { negativeTtl: 1_000 } });
    fleet.way = cut("");
    let tries = 0;
    const load = () => {
      tries++;
      return undefined;
    };
    await client.remember("a", load);
    await client.remember("a", load);
    assert.equal(tries, 1);
    fleet.clock.advance(1_000);
    await client.remember("a", load);
    assert.equal(tries, 2);
  }),

  scene(
    "a remember that joins a load of fetch gets a value although the cache fails",
    async (fleet, source) => {
      const client = fleet.client();
      let let1 = (): void => undefined;
      fleet.way = (to, what) =>
        to === "there" && what.startsWith("POST")
          ? new Promise((_resolve, reject) => {
              let1 = () => reject(away);
            })
          : undefined;
      const strict = client.fetch("a", source.load);
      await settle();
      const lenient = client.remember("a", source.load);
      await settle();
      let1();
      await settle();
      source.loads[0].resolve("v");
      assert.deepEqual(await Promise.all([strict, lenient]), ["v", "v"]);
    },
  ),

  scene("grace does not hide that the cache fails from fetch, but remember loads", async (fleet, source) => {
    const client = fleet.client({ fetch: { grace: "1h", ttl: 1_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    fleet.way = cut("POST");
    assert.equal(await failure(client.fetch("a", source.load)), away);
    const call = client.remember("a", source.load);
    await settle();
    source.loads[0].resolve("new");
    assert.equal(await call, "new");
  }),

  scene("a value that is not JSON: fetch says so, remember loads", async (fleet) => {
    const client = fleet.client();
    fleet.server.set("a", "x", { type: "application/octet-stream" });
    assert.equal((await failure(client.fetch("a", () => "v"))).code, "STOWAGE_SERVER_REFUSED");
    assert.equal(await client.remember("a", () => "v"), "v");
    fleet.server.set("b", "x", { type: "image/png", ttl: 1_000, grace: 5_000 });
    fleet.clock.advance(1_000);
    assert.equal((await failure(client.fetch("b", () => "v"))).code, "STOWAGE_SERIALIZATION");
    assert.equal(await client.remember("b", () => "v"), "v");
  }),

  scene("an answer that makes no sense is a fault of the cache", async (fleet) => {
    const client = fleet.client();
    fleet.server.lease = async () => ({ status: 200, fields: {}, text: "<html>" });
    assert.equal((await failure(client.fetch("a", () => "v"))).code, "STOWAGE_SERVER_REFUSED");
    assert.equal(await client.remember("a", () => "v"), "v");
    fleet.server.lease = async () => ({
      status: 200,
      fields: { "stowage-lease": "hit", "content-type": "application/json" },
      text: "{",
    });
    assert.equal(await client.remember("b", () => "v"), "v");
  }),
];
