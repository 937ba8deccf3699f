/** get, getMany, has, peek, take, ttl, touch, walking: from which tier, and what becomes of it. */
import { deferred, settle } from "stowage/testing";
import { identical, ok, rejects, same } from "../../../src/testing/check.js";
import { scenes } from "../../support/scenes.js";
import { withPair } from "../support/fleet.js";

export const readingScenes = scenes((group, scene) => {
  group("reading", () => {
    scene(
      "takes a value from L1, else from L2, and then L1 has it",
      withPair(async ({ a, b, store }) => {
        await b.set("k", { n: 1 });
        await settle();
        identical(a.peek("k"), undefined, "peek");
        same(await a.get("k"), { n: 1 });
        same(a.peek("k"), { n: 1 }, "L1");
        same(await a.get("k"), { n: 1 });
        same(store.calls, ["getMany v::k"], "one question to L2");
        identical(await a.get("none"), undefined);
        same(await a.has("k"), true);
        same(await b.has("none"), false);
      }),
    );
    scene(
      "gives null, 0, false and the empty text as values",
      withPair(async ({ a, b }) => {
        for (const value of [null, 0, false, ""]) {
          await a.set("k", value);
          await settle();
          identical(await b.get("k"), value, "from L2");
          identical(await b.get("k"), value, "from L1");
          identical((await b.getMany(["k"])).get("k"), value, "of several");
        }
      }),
    );
    scene(
      "asks once for several readers at a time",
      withPair(async ({ a, b, store }) => {
        await b.set("k", 1);
        await settle();
        same(await Promise.all([a.get("k"), a.get("k"), a.getMany(["k"])]), [1, 1, new Map([["k", 1]])]);
        same(store.calls.length, 1);
      }),
    );
    scene(
      "asks for many at once, and only for what L1 does not have",
      withPair(async ({ a, b, store }) => {
        await b.setMany([
          ["x", 1],
          ["y", 2],
          ["z", 3],
        ]);
        await settle();
        await a.get("y");
        store.calls.length = 0;
        same(
          await a.getMany(["z", "none", "y", "x", "z"]),
          new Map([
            ["z", 3],
            ["y", 2],
            ["x", 1],
          ]),
        );
        same(store.calls, ["getMany v::z,v::none,v::x"]);
        same([a.peek("x"), a.peek("z")], [1, 3], "in L1");
        same([...(await a.getMany(["z", "y"])).keys()], ["z", "y"], "in the order asked");
      }),
    );
    scene(
      "keeps any two keys apart",
      withPair(async ({ a, b }) => {
        const keys = ["", "k", ":", "a:b", "__proto__", "\0", "\ud800", "\udc00", "%3A", "é", "v::k"];
        for (const [index, key] of keys.entries()) await a.set(key, index);
        await settle();
        for (const [index, key] of keys.entries()) identical(await b.get(key), index, JSON.stringify(key));
      }),
    );
    scene(
      "does not join a read that began before the key was written, or a tag was invalidated",
      withPair(async ({ a, b, store }) => {
        await b.set("k", "old", { tags: ["t"] });
        await settle();
        for (const change of [() => a.delete("k"), () => a.invalidateTag("t")]) {
          const answer = deferred<void>();
          store.after = (verb) => (verb === "getMany" ? answer.promise : undefined);
          const before = a.get("k");
          await settle();
          store.after = () => undefined;
          await change();
          identical(await a.get("k"), undefined, "after it");
          answer.resolve();
          await before;
          identical(a.peek("k"), undefined, "what came too late");
          await b.set("k", "old", { tags: ["t"] });
          await settle();
        }
      }),
    );
    scene(
      "tells the ttl that L2 has",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", 1);
          await a.set("ever", 1, { ttl: null });
          await settle();
          await clock.advanceAsync(20_000);
          same(await b.ttl("k"), 40_000);
          same(await a.ttl("k"), 40_000, "not that of L1");
          same(
            [await b.ttl("ever"), await b.ttl("none"), await b.ttl("k", { only: "l1" })],
            [null, undefined, undefined],
          );
        },
        { ttl: "1m" },
      ),
    );
    scene(
      "gives nothing that is over, though L2 keeps it for fetch",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", 1);
          await clock.advanceAsync(60_000);
          same(
            [await a.get("k"), await b.get("k"), await b.has("k"), await b.ttl("k"), await b.take("k")],
            [undefined, undefined, false, undefined, undefined],
          );
          same((await b.getMany(["k"])).size, 0);
        },
        { ttl: "1m", fetch: { grace: "1h" } },
      ),
    );
    scene(
      "takes a value once",
      withPair(async ({ a, b }) => {
        await a.set("k", 1);
        await settle();
        const taken = await Promise.all([a.take("k"), b.take("k"), a.take("k")]);
        same(taken.filter((value) => value === 1).length, 1);
        same([await a.get("k"), await b.get("k"), await a.take("k")], [undefined, undefined, undefined]);
      }),
    );
    scene(
      "touches what is there",
      withPair(async ({ a, b }) => {
        await a.set("k", 1);
        same([await b.touch("k"), await b.touch("none")], [true, false]);
      }),
    );
    scene(
      "walks over live entries of its own",
      withPair(
        async ({ a, clock }) => {
          await a.setMany([
            ["x", 1],
            ["y", 2],
          ]);
          await a.set("short", 3, { ttl: 1_000 });
          await a.set("gone", 4, { tags: ["t"] });
          await a.namespace("other").set("z", 5);
          await a.invalidateTag("t");
          await clock.advanceAsync(1_000);
          const found: [string, unknown][] = [];
          for await (const entry of a.entries()) found.push(entry);
          same(found.sort(), [
            ["x", 1],
            ["y", 2],
          ]);
          const keys: string[] = [];
          for await (const key of a.namespace("other").keys()) keys.push(key);
          same(keys, ["z"]);
        },
        { fetch: { grace: "1h" } },
      ),
    );
    scene(
      "refuses keys that are no texts, and options that are none",
      withPair(async ({ a }) => {
        await rejects(a.get(1 as never), "InvalidArgumentError");
        await rejects(a.getMany("ab" as never), "InvalidArgumentError");
        await rejects(a.get("k", { onyl: "l1" } as never), {
          name: "InvalidOptionError",
          says: ["onyl", "only"],
        });
        await rejects(a.has("k", { only: "l3" } as never), "InvalidOptionError");
      }),
    );
  });

  group("one tier alone", () => {
    scene(
      "reads and writes it",
      withPair(async ({ a, b, store }) => {
        await a.set("k", "far");
        await a.set("k", "near", { only: "l1" });
        same(
          [await a.get("k"), await a.get("k", { only: "l2" }), await a.get("k", { only: "l1" })],
          ["near", "far", "near"],
        );
        await settle();
        same(await b.get("k"), "far", "of the other process");
        await a.set("k", "farther", { only: "l2" });
        identical(a.peek("k"), undefined, "L1 has let go of it");
        same(await a.get("k"), "farther");
        store.calls.length = 0;
        identical(await a.get("none", { only: "l1" }), undefined);
        same(await a.getMany(["k"], { only: "l1" }), new Map([["k", "farther"]]));
        same(await a.has("none", { only: "l1" }), false);
        same(store.calls, []);
        same(await a.getMany(["k"], { only: "l2" }), new Map([["k", "farther"]]));
        same(await a.has("k", { only: "l2" }), true);
        same(store.calls.length, 2);
      }),
    );
    scene(
      "has no L1",
      withPair(
        async ({ a, store }) => {
          await a.set("k", 1);
          identical(a.peek("k"), undefined);
          same([await a.get("k"), await a.get("k")], [1, 1]);
          same(store.calls.filter((call) => call.startsWith("getMany")).length, 2);
          identical(a.peek("k"), undefined);
          identical(a.stats().l1, null);
          same(await a.fetch("f", async () => 2), 2);
          identical(a.peek("f"), undefined, "what was fetched");
        },
        { l1: false },
      ),
    );
    scene(
      "has no L2 and no bus: a cache of the process, with promises",
      withPair(
        async ({ a, b, clock }) => {
          same(await a.set("k", 1, { ttl: 1_000, tags: ["t"] }), true);
          same(
            [await a.get("k"), await a.has("k"), await a.ttl("k"), await b.get("k")],
            [1, true, 1_000, undefined],
          );
          same(
            await a.setMany([
              ["x", 1],
              ["y", 2],
            ]),
            2,
          );
          same(await a.fetch("f", async () => 3), 3);
          same([await a.delete("x"), await a.delete("x"), await a.deleteMany(["y", "x"])], [true, false, 1]);
          same(
            [await a.incr("n"), await a.incr("n", 4), await a.decr("n"), await a.resetCounter("n")],
            [1, 5, 4, true],
          );
          same([await a.expire("k", "1m"), await a.ttl("k")], [true, 60_000]);
          await a.invalidateTag("t");
          identical(await a.get("k"), undefined);
          same(await a.take("f"), 3);
          await a.set("k", 1, { ttl: 1_000 });
          await clock.advanceAsync(1_000);
          identical(await a.get("k"), undefined);
          await a.set("k", 1);
          await a.clear();
          identical(await a.get("k"), undefined);
          identical(a.stats().l2, null);
        },
        {},
        { hasL2: false, hasBus: false },
      ),
    );
    scene(
      "has a bus and no L2: what one writes, the other drops",
      withPair(
        async ({ a, b }) => {
          await b.set("k", 1, { tags: ["t"] });
          await b.set("j", 1, { tags: ["t"] });
          await settle();
          await a.set("k", 2);
          await settle();
          same([await a.get("k"), await b.get("k"), await b.get("j")], [2, undefined, 1]);
          await a.invalidateTag("t");
          await settle();
          identical(await b.get("j"), undefined);
          await b.set("j", 1);
          await settle();
          await a.clear();
          await settle();
          identical(await b.get("j"), undefined);
        },
        {},
        { hasL2: false },
      ),
    );
  });

  group("what comes back", () => {
    const schema = {
      "~standard": {
        version: 1 as const,
        vendor: "ours",
        validate: (value: unknown) => {
          if (value === "throw") throw new Error("the schema fails");
          return typeof value === "number" ? { value: value + 1 } : { issues: [{ message: "a number" }] };
        },
      },
    };
    scene(
      "has to fit the schema, or is a miss",
      withPair(
        async ({ a, b }) => {
          await a.setMany([
            ["n", 1],
            ["text", "no"],
            ["throw", "throw"],
          ]);
          const strict = b.namespace("none");
          identical(await strict.get("n"), undefined);
          await settle();
          same(await b.get("n"), 2, "what the schema makes of it");
          same([await b.get("text"), await b.get("throw")], [undefined, undefined]);
          same(b.stats().l2?.refused, 2);
          same(await b.fetch("text", async () => 7), 7, "loaded anew");
          same(await b.get("text"), 7);
          same(await b.expire("n", "1h"), true);
          same(await b.get("n", { only: "l2" }), 2, "a new lifetime changes no value");
        },
        { schema },
      ),
    );
    scene(
      "was written by somebody else, or damaged: a miss that is counted",
      withPair(async ({ a, store }) => {
        const call = { signal: new AbortController().signal };
        await store.setMany(
          [{ key: "pair:v::k", bytes: new TextEncoder().encode("hello"), ttlMs: null }],
          call,
        );
        identical(await a.get("k"), undefined);
        same(a.stats().l2?.frame.foreign, 1);
        same(await a.fetch("k", async () => 1), 1);
        ok(a.stats().l2?.misses, "counted");
        same(await a.get("k", { only: "l2" }), 1, "and filled");
      }),
    );
  });
});
