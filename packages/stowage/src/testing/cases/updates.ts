/** update and getAndUpdate: change a value in place, and nothing else about its entry. */
import { commit, ignore } from "../../index.js";
import { group } from "../cases.js";
import { identical, throws } from "../check.js";

export const updates = group("updates", ["updates"], (test) => {
  test("update changes a present value and refuses an absent one", (t) => {
    const cache = t.create();
    identical(cache.update("a", 1), false);
    identical(cache.has("a"), false);
    cache.set("a", 1);
    identical(cache.update("a", 2), true);
    identical(cache.get("a"), 2);
  });

  test("update keeps the expiry", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    t.clock.advance(60);
    cache.update("a", 2);
    identical(cache.ttl("a"), 40);
    t.clock.advance(40);
    identical(cache.get("a"), undefined);
    identical(cache.update("a", 3), false, "after expiry");
  });

  test("update keeps the tags", ["tags"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { tags: ["x"] });
    cache.update("a", 2);
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
    identical(cache.update("a", 3), false, "after the tag went");
  });

  test("update refuses undefined and leaves the value", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    throws(() => cache.update("a", undefined), "InvalidValueError");
    identical(cache.get("a"), 1);
  });

  test("getAndUpdate stores what the function returns, and returns it", (t) => {
    const cache = t.create();
    const seen: unknown[] = [];
    const next = (value: number | undefined): number => {
      seen.push(value);
      return (value ?? 0) + 1;
    };
    identical(cache.getAndUpdate("a", next), 1);
    identical(cache.getAndUpdate("a", next), 2);
    identical(seen[0], undefined);
    identical(seen[1], 1);
    identical(cache.get("a"), 2);
  });

  test("getAndUpdate keeps the expiry of the entry", ["expiry"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    t.clock.advance(30);
    cache.getAndUpdate("a", (value) => value + 1);
    identical(cache.ttl("a"), 70);
  });

  test("getAndUpdate with commit stores the value with the options given", ["expiry"], (t) => {
    const cache = t.create();
    identical(
      cache.getAndUpdate("a", () => commit("v", { ttl: 50 })),
      "v",
    );
    identical(cache.get("a"), "v");
    identical(cache.ttl("a"), 50);
  });

  test("getAndUpdate with ignore returns its value and stores nothing", (t) => {
    const cache = t.create();
    identical(
      cache.getAndUpdate("a", () => ignore("seen")),
      "seen",
    );
    identical(cache.has("a"), false);
    cache.set("a", 1);
    identical(
      cache.getAndUpdate("a", () => ignore(undefined)),
      undefined,
    );
    identical(cache.get("a"), 1);
  });

  test("an error of the function comes through and changes nothing", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    const boom = new Error("boom");
    let caught: unknown;
    try {
      cache.getAndUpdate("a", () => {
        throw boom;
      });
    } catch (error) {
      caught = error;
    }
    identical(caught, boom);
    identical(cache.get("a"), 1);
  });

  test("getAndUpdate refuses undefined", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    throws(() => cache.getAndUpdate("a", () => undefined), "InvalidValueError");
    identical(cache.get("a"), 1);
  });

  test("getAndUpdate does not see an expired value", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 5 });
    t.clock.advance(5);
    identical(
      cache.getAndUpdate("a", (value) => value ?? "none"),
      "none",
    );
  });

  test("the function may itself use the cache", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.getAndUpdate("a", (value) => {
      cache.set("b", value);
      cache.delete("a");
      return value + 1;
    });
    identical(cache.get("a"), 2);
    identical(cache.get("b"), 1);
    identical(cache.size(), 2);
  });
});
