/** Custom commands: read ones make something of a value, write ones also change it. */
import { group } from "../cases.js";
import { identical, same, throws } from "../check.js";

const commandsOf = {
  last: { type: "read", execute: (list: unknown[] | undefined) => list?.at(-1) },
  lpop: { type: "write", execute: (list: unknown[] | undefined) => [list?.[0], list?.slice(1)] },
  push: {
    type: "write",
    execute: (list: unknown[] | undefined, ...more: unknown[]) => [more.length, [...(list ?? []), ...more]],
  },
};

export const commands = group("custom commands", ["commands"], (test) => {
  test("a read command is given the value, and what it returns comes back", (t) => {
    const cache = t.create({ commands: commandsOf });
    cache.set("list", [1, 2, 3]);
    identical(cache.invoke("last", "list"), 3);
    same(cache.get("list"), [1, 2, 3]);
    identical(cache.invoke("last", "absent"), undefined);
    identical(cache.has("absent"), false);
  });

  test("a write command returns one thing and stores the other", (t) => {
    const cache = t.create({ commands: commandsOf });
    cache.set("list", [1, 2, 3]);
    for (const expected of [1, 2, 3, undefined, undefined]) identical(cache.invoke("lpop", "list"), expected);
    same(cache.get("list"), []);
    identical(cache.invoke("last", "list"), undefined);
  });

  test("a write command on an absent key may create it, or leave it absent", (t) => {
    const cache = t.create({ commands: commandsOf });
    identical(cache.invoke("lpop", "list"), undefined);
    identical(cache.has("list"), false);
    identical(cache.invoke("push", "list", "a", "b"), 2);
    same(cache.get("list"), ["a", "b"]);
  });

  test("a write command keeps the expiry", ["expiry"], (t) => {
    const cache = t.create({ commands: commandsOf });
    cache.set("list", [1], { ttl: 100 });
    t.clock.advance(30);
    cache.invoke("push", "list", 2);
    identical(cache.ttl("list"), 70);
  });

  test("an error of a command comes through and changes nothing", (t) => {
    const boom = new Error("boom");
    const execute = (): never => {
      throw boom;
    };
    const cache = t.create({ commands: { bad: { type: "write", execute } } });
    cache.set("a", 1);
    let caught: unknown;
    try {
      cache.invoke("bad", "a");
    } catch (error) {
      caught = error;
    }
    identical(caught, boom);
    identical(cache.get("a"), 1);
  });

  test("an unknown command is refused, a misspelt one gets a suggestion", (t) => {
    const cache = t.create({ commands: commandsOf });
    throws(() => cache.invoke("lats", "list"), { name: "UnknownCommandError", says: ['"last"'] });
    throws(() => cache.invoke("toString", "list"), "UnknownCommandError");
    throws(() => cache.invoke("__proto__", "list"), "UnknownCommandError");
    throws(() => t.create().invoke("last", "list"), "UnknownCommandError");
  });

  test("a command declared wrongly is refused by name", ["strictOptions"], (t) => {
    const execute = (): number => 1;
    for (const wrong of [
      { type: "reed", execute },
      { type: "read" },
      { type: "read", execute: 5 },
      5,
      { type: "read", execute, x: 1 },
    ]) {
      throws(
        () => t.create({ commands: { mine: wrong } }),
        { name: "InvalidOptionError", says: ["mine"] },
        JSON.stringify(wrong),
      );
    }
  });
});
