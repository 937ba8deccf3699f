/** Tags: one call makes every entry that bears the tag unreadable, at once, and leaves every other entry alone. */
import { commit } from "../../index.js";
import { group } from "../cases.js";
import { identical, same, throws } from "../check.js";

export const tags = group("tags", ["tags"], (test) => {
  test("what bears the tag is gone, the rest stays", (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    cache.set("b", 2, { tags: ["y"] });
    cache.set("c", 3);
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
    identical(cache.has("a"), false);
    identical(cache.peek("a"), undefined);
    identical(cache.get("b"), 2);
    identical(cache.get("c"), 3);
  });

  test(
    "no verb sees an invalidated entry",
    ["updates", "bulk", "iteration", "expiry", "dump", "stream"],
    (t) => {
      const verbs: Record<string, (cache: ReturnType<typeof t.create>) => unknown> = {
        take: (cache) => cache.take("a"),
        ttl: (cache) => cache.ttl("a"),
        delete: (cache) => cache.delete("a") || undefined,
        update: (cache) => cache.update("a", 2) || undefined,
        touch: (cache) => cache.touch("a") || undefined,
        expire: (cache) => cache.expire("a", 10) || undefined,
        persist: (cache) => cache.persist("a") || undefined,
        refresh: (cache) => cache.refresh("a") || undefined,
        getMany: (cache) => cache.getMany(["a"]).get("a"),
        keys: (cache) => [...cache.keys()][0],
        export: (cache) => cache.export()[0],
        stream: (cache) => [...cache.stream()][0],
        getAndUpdate: (cache) => {
          let seen: unknown = "not called";
          cache.getAndUpdate("a", (value) => {
            seen = value;
            return 1;
          });
          return seen;
        },
      };
      for (const [name, read] of Object.entries(verbs)) {
        const cache = t.create();
        cache.set("a", 1, { tags: ["x"] });
        cache.invalidateTag("x");
        identical(read(cache), undefined, name);
      }
    },
  );

  test("any of several tags is enough", (t) => {
    for (const tag of ["x", "y", "z"]) {
      const cache = t.create();
      cache.set("a", 1, { tags: ["x", "y", "z"] });
      cache.invalidateTag("w");
      identical(cache.get("a"), 1);
      cache.invalidateTag(tag);
      identical(cache.get("a"), undefined, tag);
    }
  });

  test("setting anew without tags takes them off", (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    cache.set("a", 2);
    cache.invalidateTag("x");
    identical(cache.get("a"), 2);
  });

  test("setting anew with other tags changes them", (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    cache.set("a", 2, { tags: ["y"] });
    cache.invalidateTag("x");
    identical(cache.get("a"), 2);
    cache.invalidateTag("y");
    identical(cache.get("a"), undefined);
  });

  test("an entry set after the invalidation is not touched by it", (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    for (let round = 0; round < 5; round += 1) {
      cache.invalidateTag("x");
      cache.set("a", round, { tags: ["x"] });
      identical(cache.get("a"), round);
    }
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
  });

  test("two thousand entries of one tag go in one call, and their memory comes back", ["prune"], (t) => {
    const cache = t.create();
    for (let n = 0; n < 2_000; n += 1) cache.set(n.toString(), n, { tags: ["x"] });
    cache.set("stays", 1);
    cache.invalidateTag("x");
    for (let n = 0; n < 2_000; n += 1) identical(cache.get(n.toString()), undefined);
    identical(cache.get("stays"), 1);
    cache.purge();
    identical(cache.size(), 1);
  });

  test("a tag that nobody bears may be invalidated any number of times", ["exactTags"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    for (let n = 0; n < 20_000; n += 1) cache.invalidateTag(`none:${n}`);
    identical(cache.get("a"), 1);
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
  });

  test("tags are remembered while entries bear them, and not longer", ["exactTags", "prune"], (t) => {
    const cache = t.create();
    for (let n = 0; n < 1_000; n += 1) cache.set(n.toString(), n, { tags: [`own:${n}`, "all"] });
    identical(cache.inspect().tags, 1_001);
    for (let n = 0; n < 5_000; n += 1) cache.invalidateTag(`none:${n}`);
    identical(cache.inspect().tags, 1_001, "after invalidating tags that nobody bears");
    for (let n = 0; n < 500; n += 1) cache.delete(n.toString());
    identical(cache.inspect().tags, 501);
    for (let n = 500; n < 900; n += 1) cache.set(n.toString(), n);
    identical(cache.inspect().tags, 101);
    cache.invalidateTag("all");
    cache.purge();
    identical(cache.inspect().tags, 0);
  });

  test("no invalidation is forgotten, however many other tags come after it", (t) => {
    const cache = t.create();
    for (let n = 0; n < 300; n += 1) cache.set(n.toString(), n, { tags: [`own:${n}`, "all"] });
    for (let n = 0; n < 300; n += 2) cache.invalidateTag(`own:${n}`);
    for (let n = 0; n < 20_000; n += 1) cache.invalidateTag(`other:${n}`);
    for (let n = 0; n < 300; n += 1) {
      if (n % 2 === 0) identical(cache.get(n.toString()), undefined, `entry ${n}`);
      else if (t.can("exactTags")) identical(cache.get(n.toString()), n, `entry ${n}`);
    }
  });

  test("an invalidation during a load keeps the loaded value out", ["fetch"], async (t) => {
    const cache = t.create();
    let finish: (value: string) => void = () => undefined;
    const loaded = cache.fetch("a", () => new Promise((resolve) => (finish = resolve)), { tags: ["x"] });
    await t.clock.advanceAsync(0);
    cache.invalidateTag("x");
    finish("old");
    identical(await loaded, "old", "its caller still gets a value");
    identical(cache.get("a"), undefined);
  });

  test("an invalidation during a load counts for tags that only the loader names", ["fetch"], async (t) => {
    const cache = t.create();
    let finish: (value: unknown) => void = () => undefined;
    const loaded = cache.fetch("a", () => new Promise((resolve) => (finish = resolve)));
    await t.clock.advanceAsync(0);
    cache.invalidateTag("x");
    finish(commit("old", { tags: ["x"] }));
    identical(await loaded, "old");
    identical(cache.get("a"), undefined);
  });

  test("tags come through setMany", ["bulk"], (t) => {
    const cache = t.create();
    cache.setMany(
      [
        ["a", 1],
        ["b", 2],
      ],
      { tags: ["x"] },
    );
    cache.set("c", 3);
    cache.invalidateTag("x");
    same([...cache.getMany(["a", "b", "c"])], [["c", 3]]);
  });

  test("the caller's list of tags is his: changing it later changes nothing", (t) => {
    const cache = t.create();
    const list = ["x"];
    cache.set("a", 1, { tags: list });
    list[0] = "y";
    list.push("z");
    cache.invalidateTag("y");
    cache.invalidateTag("z");
    identical(cache.get("a"), 1);
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
  });

  test("what is no list of strings is refused", (t) => {
    const cache = t.create();
    for (const wrong of ["x", [1], [null], {}, 5]) {
      throws(() => cache.set("a", 1, { tags: wrong }), "InvalidOptionError", JSON.stringify(wrong));
    }
    throws(() => cache.invalidateTag(5 as unknown as string), "InvalidArgumentError");
    identical(cache.has("a"), false);
  });
});
