/** Many entries in one call: the same outcome as one call each. */
import { group } from "../cases.js";
import { identical, same, throws } from "../check.js";

function* pairs(count: number): Generator<[string, number]> {
  for (let n = 0; n < count; n += 1) yield [`k${n}`, n];
}

export const bulk = group("bulk verbs", ["bulk"], (test) => {
  test("setMany takes arrays, Maps and generators and says how many were stored", (t) => {
    const cache = t.create();
    identical(
      cache.setMany([
        ["a", 1],
        ["b", 2],
      ]),
      2,
      "array",
    );
    identical(cache.setMany(new Map([["c", 3]])), 1, "Map");
    identical(cache.setMany(pairs(100)), 100, "generator");
    identical(cache.setMany([]), 0, "nothing");
    identical(cache.size(), 103);
    identical(cache.get("b"), 2);
    identical(cache.get("k99"), 99);
  });

  test("setMany overwrites, and the last of two equal keys wins", (t) => {
    const cache = t.create();
    cache.set("a", 0);
    cache.setMany([
      ["a", 1],
      ["a", 2],
    ]);
    identical(cache.get("a"), 2);
    identical(cache.size(), 1);
  });

  test("setMany gives its options to every entry", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.setMany(pairs(3), { ttl: 50 });
    for (const key of ["k0", "k1", "k2"]) identical(cache.ttl(key), 50);
    t.clock.advance(50);
    identical(cache.has("k1"), false);
  });

  test("setMany refuses an undefined value", (t) => {
    const cache = t.create();
    throws(() => cache.setMany([["a", undefined]]), "InvalidValueError");
    identical(cache.has("a"), false);
  });

  test("getMany gives what was found, in the order asked for", (t) => {
    const cache = t.create();
    cache.setMany([
      ["a", 1],
      ["b", null],
      ["c", 3],
    ]);
    same(
      [...cache.getMany(["c", "nope", "a", "b"])],
      [
        ["c", 3],
        ["a", 1],
        ["b", null],
      ],
    );
    same([...cache.getMany(new Set(["b"]))], [["b", null]]);
    identical(cache.getMany([]).size, 0);
  });

  test("getMany leaves out what has expired", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 5 });
    cache.set("b", 2, { ttl: 6 });
    t.clock.advance(5);
    same([...cache.getMany(["a", "b"])], [["b", 2]]);
  });
});
