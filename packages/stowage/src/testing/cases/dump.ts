/** export and import: a cache's live entries as plain data, and back, expiries and tags with them. */
import { group } from "../cases.js";
import { identical, same, throws } from "../check.js";

export const dump = group("export and import", ["dump"], (test) => {
  test("what was exported comes back", (t) => {
    const [from, to] = [t.create(), t.create()];
    for (let n = 0; n < 100; n += 1) from.set(`k${n}`, { n });
    const exported = from.export();
    identical(exported.length, 100);
    identical(to.import(exported), 100);
    identical(to.size(), 100);
    for (let n = 0; n < 100; n += 1) same(to.get(`k${n}`), { n });
  });

  test("an empty cache exports nothing", (t) => {
    const cache = t.create();
    same(cache.export(), []);
    identical(cache.import([]), 0);
  });

  test("expiries are kept as moments of the system's clock", ["expiry", "eternal", "lazy"], (t) => {
    const [from, to] = [t.create(), t.create()];
    from.set("a", 1, { ttl: 100 });
    from.set("b", 2);
    const exported = from.export();
    t.clock.advance(40);
    to.import(exported);
    identical(to.ttl("a"), 60);
    identical(to.ttl("b"), null);
    t.clock.advance(60);
    identical(to.get("a"), undefined);
    identical(to.get("b"), 2);
  });

  test("what has expired is neither exported nor imported", ["expiry", "lazy"], (t) => {
    const [from, to] = [t.create({ janitor: false }), t.create()];
    from.set("a", 1, { ttl: 10 });
    from.set("b", 2, { ttl: 20 });
    const early = from.export();
    t.clock.advance(10);
    same(
      from.export().map(({ key }) => key),
      ["b"],
    );
    identical(to.import(early), 1);
    identical(to.has("a"), false);
    identical(to.ttl("b"), 10);
  });

  test("tags are kept", ["tags"], (t) => {
    const [from, to] = [t.create(), t.create()];
    from.set("a", 1, { tags: ["x", "y"] });
    from.set("b", 2, { tags: ["z"] });
    to.import(from.export());
    to.invalidateTag("y");
    identical(to.get("a"), undefined);
    identical(to.get("b"), 2);
  });

  test("import overwrites equal keys and leaves the others", (t) => {
    const [from, to] = [t.create(), t.create()];
    from.set("a", "new");
    to.set("a", "old");
    to.set("b", "stays");
    to.import(from.export());
    identical(to.get("a"), "new");
    identical(to.get("b"), "stays");
    identical(to.size(), 2);
  });

  test("changing the export changes no cache", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    const exported = cache.export();
    exported.length = 0;
    identical(cache.get("a"), 1);
  });

  test("what is no export is refused", (t) => {
    const cache = t.create();
    for (const wrong of [5, [5], [null], [{ value: 1 }], [{ key: "a", value: undefined }]]) {
      const error = catchError(() => cache.import(wrong));
      throws(
        () => {
          throw error;
        },
        error instanceof Error && error.name === "InvalidValueError"
          ? "InvalidValueError"
          : "InvalidArgumentError",
        JSON.stringify(wrong),
      );
    }
    identical(cache.size(), 0);
  });
});

function catchError(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return undefined;
}
