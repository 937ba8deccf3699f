/** set, delete, expire, tags, clear, counters, namespaces: both tiers, every process, and in which order. */
import { deferred, settle } from "stowage/testing";
import { identical, rejects, same, throws } from "../../../src/testing/check.js";
import { createTiered } from "../../../src/tiered/index.js";
import { scenes } from "../../support/scenes.js";
import { withPair } from "../support/fleet.js";

export const writingScenes = scenes((group, scene) => {
  group("writing", () => {
    scene(
      "reaches both tiers and every process",
      withPair(async ({ a, b }) => {
        await a.set("k", 1);
        same([a.peek("k"), await b.get("k")], [1, 1]);
        same(
          [
            await a.set("k", 2),
            await a.setMany([
              ["k", 3],
              ["j", 4],
              ["k", 5],
            ]),
          ],
          [true, 2],
        );
        await settle();
        identical(b.peek("k"), undefined, "the other L1 has let go of it");
        same([await b.get("k"), await b.get("j"), await a.get("k")], [5, 4, 5]);
      }),
    );
    scene(
      "is seen by this process at once, before L2 has it",
      withPair(async ({ a, store }) => {
        const wait = deferred<void>();
        store.before = () => wait.promise;
        const setting = a.set("k", 1);
        same(await a.get("k"), 1);
        wait.resolve();
        same(await setting, true);
      }),
    );
    scene(
      "goes to L2 in the order in which it was asked for",
      withPair(async ({ a, b, store }) => {
        const wait = deferred<void>();
        store.before = () => wait.promise;
        const first = a.set("k", 1);
        await settle();
        store.before = () => undefined;
        const second = a.set("k", 2);
        const both = Promise.allSettled([first, second]);
        await settle();
        same(store.calls, ["setMany v::k"], "the second waits");
        wait.resolve();
        same(
          (await both).map(({ status }) => status),
          ["fulfilled", "fulfilled"],
        );
        same([await a.get("k"), await b.get("k"), await a.get("k", { only: "l2" })], [2, 2, 2]);
      }),
    );
    scene(
      "leaves nothing in L1 if it heard of another write meanwhile",
      withPair(async ({ a, b, store }) => {
        const wait = deferred<void>();
        store.after = () => wait.promise;
        const setting = a.set("k", "mine");
        await settle();
        await b.set("k", "newer");
        await settle();
        wait.resolve();
        await setting;
        identical(a.peek("k"), undefined);
        same(await a.get("k"), "newer");
      }),
    );
    scene(
      "makes a read void that began before it, and came back after it",
      withPair(async ({ a, b, store }) => {
        await b.set("k", "old");
        await settle();
        for (const change of [
          () => a.set("k", "new", { only: "l2" }),
          () => a.delete("k"),
          () => a.set("k", "new", { l1Ttl: 1 }),
        ]) {
          const written = deferred<void>();
          const answer = deferred<void>();
          store.before = (verb) => (verb === "getMany" ? undefined : written.promise);
          store.after = (verb) => (verb === "getMany" ? answer.promise : undefined);
          const changing = change();
          const reading = a.get("k", undefined);
          await settle();
          written.resolve();
          await changing;
          answer.resolve();
          await reading;
          if (a.peek("k") === "old") throw new Error("the old value is in L1");
          store.after = () => undefined;
          await b.set("k", "old");
          await settle();
        }
      }),
    );
    scene(
      "expires in both tiers",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", 1);
          await a.set("short", 1, { ttl: "10s" });
          await a.set("ever", 1, { ttl: null });
          await b.getMany(["k", "short", "ever"]);
          await clock.advanceAsync(10_000);
          same([await a.get("short"), await b.get("short"), await b.get("k")], [undefined, undefined, 1]);
          await clock.advanceAsync(50_000);
          same([await a.get("k"), await b.get("k"), await b.get("ever")], [undefined, undefined, 1]);
        },
        { ttl: "1m" },
      ),
    );
    scene(
      "is held by L1 for as long as was asked for",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", 1);
          await a.set("longer", 1, { l1Ttl: "20s" });
          await a.set("whole", 1, { l1Ttl: null });
          await b.getMany(["k"]);
          await clock.advanceAsync(10_000);
          same([a.peek("k"), b.peek("k"), a.peek("longer"), a.peek("whole")], [undefined, undefined, 1, 1]);
          await clock.advanceAsync(10_000);
          same([a.peek("longer"), a.peek("whole"), await a.get("k")], [undefined, 1, 1]);
        },
        { l1Ttl: "10s" },
      ),
    );
    scene(
      "refuses undefined, and what is no option, before anything is changed",
      withPair(async ({ a, store }) => {
        await rejects(a.set("k", undefined), "InvalidValueError");
        await rejects(
          a.setMany([
            ["k", 1],
            ["j", undefined],
          ]),
          "InvalidValueError",
        );
        await rejects(a.setMany([["k", 1], "j"] as never), "InvalidArgumentError");
        await rejects(a.set("k", 1, { tll: 1 } as never), {
          name: "InvalidOptionError",
          says: ["tll", "ttl"],
        });
        await rejects(a.set("k", 1, { ttl: -1 }), "InvalidDurationError");
        same([await a.setMany([]), await a.deleteMany([])], [0, 0]);
        same(store.calls, []);
        identical(a.peek("k"), undefined);
      }),
    );
    scene(
      "that the serializer does not take leaves L1 as L2",
      withPair(async ({ a, b }) => {
        await a.set("k", "old");
        const circle: Record<string, unknown> = {};
        circle.self = circle;
        await rejects(a.set("k", circle), "SerializationError");
        same([await a.get("k"), await b.get("k"), a.stats().owed], ["old", "old", 0]);
      }),
    );
  });

  group("removing", () => {
    scene(
      "reaches both tiers and every process, and says what there was",
      withPair(async ({ a, b }) => {
        await a.setMany([
          ["k", 1],
          ["j", 2],
          ["i", 3],
        ]);
        await b.getMany(["k", "j", "i"]);
        same(
          [await a.delete("k"), await a.delete("k"), await a.deleteMany(["i", "j", "j", "none"])],
          [true, false, 2],
        );
        await settle();
        same([b.peek("k"), await b.get("j"), await a.get("i")], [undefined, undefined, undefined]);
      }),
    );
    scene(
      "ends a load under way, wherever it runs",
      withPair(async ({ a, b }) => {
        const row = deferred<string>();
        const loading = b.fetch("k", () => row.promise);
        await settle();
        await a.delete("k");
        await settle();
        row.resolve("old");
        same(await loading, "old");
        same([await a.get("k"), await b.get("k")], [undefined, undefined]);
      }),
    );
  });

  group("lifetimes", () => {
    scene(
      "are changed where they are: expire, expireAt, persist, refresh",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", { v: 1 }, { tags: ["t"] });
          await b.get("k");
          same(
            [await a.expire("k", "10s"), await b.ttl("k"), await a.expire("none", 1)],
            [true, 10_000, false],
          );
          await settle();
          identical(b.peek("k"), undefined, "the other L1 would have kept it for longer");
          await clock.advanceAsync(4_000);
          same([await b.refresh("k"), await a.ttl("k")], [true, 10_000]);
          same([await a.expireAt("k", clock.wall() + 5_000), await a.ttl("k")], [true, 5_000]);
          same([await a.persist("k"), await a.ttl("k"), await a.get("k")], [true, null, { v: 1 }]);
          same([await a.expireAt("k", new Date(clock.wall() - 1)), await b.get("k")], [true, undefined]);
          await rejects(a.expire("k", 0), "InvalidDurationError");
          await rejects(a.expireAt("k", "soon" as never), "InvalidArgumentError");
        },
        { ttl: "1m" },
      ),
    );
    scene(
      "keep tags, and give way to a write",
      withPair(async ({ a, b, store }) => {
        await a.set("k", "old", { tags: ["t"], ttl: "1m" });
        store.after = (verb) => {
          if (verb !== "getMany") return undefined;
          store.after = () => undefined;
          return b.set("k", "newer", { ttl: "5s" }).then(() => {});
        };
        same([await a.expire("k", "1h"), await a.get("k")], [true, "newer"]);
        await a.set("tagged", 1, { tags: ["t"], ttl: "1m" });
        await a.expire("tagged", "1h");
        await b.invalidateTag("t");
        await settle();
        identical(await a.get("tagged"), undefined);
      }),
    );
  });

  group("tags and clear", () => {
    scene(
      "take everything that bears them, in every process, and nothing else",
      withPair(async ({ a, b }) => {
        await a.setMany(
          [
            ["x", 1],
            ["y", 2],
          ],
          { tags: ["t", "u"] },
        );
        await a.set("z", 3, { tags: ["u"] });
        await b.getMany(["x", "y", "z"]);
        await a.invalidateTag("t");
        same(await a.getMany(["x", "y", "z"]), new Map([["z", 3]]));
        await settle();
        same(await b.getMany(["x", "y", "z"]), new Map([["z", 3]]));
        await b.invalidateTags(["none", "u", "u"]);
        identical(await b.get("z"), undefined);
        same([await a.set("x", 4, { tags: ["t"] }), await b.get("x")], [true, 4], "written since");
        await rejects(a.invalidateTags("tu" as never), "InvalidArgumentError");
        await rejects(a.invalidateTag(1 as never), "InvalidArgumentError");
      }),
    );
    scene(
      "make a read void that began before them",
      withPair(async ({ a, b, store }) => {
        for (const change of [() => a.invalidateTag("t"), () => a.clear()]) {
          await b.set("k", "old", { tags: ["t"] });
          await settle();
          const counted = deferred<void>();
          store.before = (verb) => (verb === "incr" ? counted.promise : undefined);
          const changing = change();
          await settle();
          const before = await a.get("k");
          if (before !== "old" && before !== undefined) throw new Error(`it gave ${before}`);
          counted.resolve();
          await changing;
          store.before = () => undefined;
          identical(a.peek("k"), undefined, "what was read meanwhile");
          identical(await a.get("k"), undefined);
        }
      }),
    );
    scene(
      "clear takes all, and leaves counters",
      withPair(async ({ a, b }) => {
        await a.set("k", 1);
        await a.namespace("in").namespace("deep").set("k", 1);
        await settle();
        await b.get("k");
        await b.namespace("in").namespace("deep").get("k");
        await a.incr("n", 5);
        await a.clear();
        await settle();
        for (const each of [a, b]) {
          identical(await each.get("k"), undefined);
          identical(await each.namespace("in").namespace("deep").get("k"), undefined);
        }
        same([await b.incr("n", 0), await a.set("k", 2), await b.get("k")], [5, true, 2]);
      }),
    );
    scene(
      "without counters in L2: clear does, and tags are refused",
      withPair(
        async ({ a, b }) => {
          await a.set("k", 1);
          await a.namespace("in").set("k", 1);
          await b.get("k");
          await rejects(a.set("k", 1, { tags: ["t"] }), {
            name: "UnsupportedError",
            says: ["memory", "tags"],
          });
          await rejects(a.invalidateTag("t"), "UnsupportedError");
          await rejects(a.incr("n"), "UnsupportedError");
          await a.clear();
          await settle();
          same([await b.get("k"), await b.namespace("in").get("k")], [undefined, undefined]);
        },
        {},
        { abilities: { counters: false } },
      ),
    );
  });

  group("counters", () => {
    scene(
      "are one for all, and apart from values",
      withPair(async ({ a, b, clock }) => {
        const sums = await Promise.all([a.incr("k"), b.incr("k"), a.incr("k", 3), b.decr("k", 2)]);
        same([sums.length, await a.incr("k", 0)], [4, 3]);
        same([await a.get("k"), await a.set("k", "text"), await a.incr("k")], [undefined, true, 4]);
        same([await a.incr("from", 1, { default: 10 }), await b.incr("from", 1, { default: 10 })], [11, 12]);
        await a.incr("short", 1, { ttl: 1_000 });
        await clock.advanceAsync(1_000);
        same([await a.incr("short"), await a.delete("k"), await a.incr("k", 0)], [1, true, 4]);
        same([await a.resetCounter("k"), await b.resetCounter("k"), await b.incr("k")], [true, false, 1]);
        await rejects(a.incr("k", 0.5), "InvalidArgumentError");
        await rejects(a.incr("k", 1, { defualt: 1 } as never), "InvalidOptionError");
      }),
    );
  });

  group("namespaces", () => {
    scene(
      "have keys, tags and counters of their own, and the same name gives the same one",
      withPair(async ({ a, b }) => {
        const users = a.namespace("users");
        await a.set("k", "root", { tags: ["t"] });
        await users.set("k", "user", { tags: ["t"] });
        await users.namespace("k").set("", "deep");
        await a.namespace("users:k").set("", "other");
        await a.namespace("users/k").set("", "another");
        same([await b.get("k"), await b.namespace("users").get("k")], ["root", "user"]);
        same(await b.namespace("users").namespace("k").get(""), "deep");
        same(
          [await b.namespace("users:k").get(""), await b.namespace("users/k").get("")],
          ["other", "another"],
        );
        await users.invalidateTag("t");
        await settle();
        same([await b.get("k"), await b.namespace("users").get("k")], ["root", undefined]);
        await users.clear();
        await settle();
        same(
          [await b.namespace("users").namespace("k").get(""), await b.namespace("users:k").get("")],
          [undefined, "other"],
        );
        same([await users.incr("n"), await a.incr("n")], [1, 1]);
        if (a.namespace("users") !== users) throw new Error("another one");
        same([users.path, users.namespace("x").path, users.name], [["users"], ["users", "x"], "pair"]);
      }),
    );
    scene(
      "say what differs, and take the rest from around them",
      withPair(
        async ({ a, b }) => {
          const inner = a.namespace("in", { ttl: "2m", fetch: { grace: "5s" } });
          await inner.set("k", 1);
          same([await inner.ttl("k"), a.namespace("in").path], [120_000, ["in"]]);
          const deep = inner.namespace("deep");
          await deep.set("k", 1);
          same([await deep.ttl("k"), deep.peek("k")], [120_000, 1]);
          same(await a.namespace("none", { l1: false }).set("k", 1), true);
          identical(a.namespace("none").peek("k"), undefined);
          throws(() => a.namespace("in", { ttl: "3m" }), { name: "InvalidOptionError", says: ["in", "ttl"] });
          throws(() => a.namespace("new", { tll: "3m" } as never), "InvalidOptionError");
          throws(() => a.namespace(""), "InvalidArgumentError");
          same(await b.namespace("in").ttl("k"), 120_000);
        },
        { ttl: "1m" },
      ),
    );
  });

  group("options", () => {
    const right = { name: "x", ttl: "1m", l1: { max: 10 }, whenBehind: "off" } as const;
    const wrong: readonly (readonly [object, string])[] = [
      [{ nmae: "x" }, "name"],
      [{ l1: { mx: 1 } }, "max"],
      [{ l1: 5 }, "l1"],
      [{ l2: {} }, "store"],
      [{ l2: { store: {} } }, "store"],
      [{ fetch: { graec: 1 } }, "fetch.grace"],
      [{ beat: "1s" }, "beat"],
      [{ writes: "lazy" }, "best-effort"],
      [{ whenBehind: { ttl: 0 } }, "whenBehind.ttl"],
      [{ hooks: [{ when: "after", on: ["gte"], handle() {} }] }, "get"],
      [{ schema: {} }, "schema"],
      [{ name: "" }, "name"],
    ];
    scene("are checked, and unknown ones named", async () => {
      for (const [options, word] of wrong)
        throws(() => createTiered({ ...right, ...options } as never), {
          name: "InvalidOptionError",
          says: [word],
        });
      const cache = createTiered(right);
      await cache.close();
    });
  });
});
