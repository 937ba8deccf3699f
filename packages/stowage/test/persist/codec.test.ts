/** The codec: what goes in comes out, or an error says what would have been lost and where. */
import { isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidOptionError, SerializationError } from "../../src/base/errors.js";
import { ClassRegistry, type RegisteredClass } from "../../src/cache/persist/codec/classes.js";
import { ValueSerializer } from "../../src/cache/persist/codec/serializer.js";
import { values } from "./values.js";

// biome-ignore lint/suspicious/noExplicitAny: the tests look into what they know to be there
type Loose = any;

const codec = new ValueSerializer(new ClassRegistry([], "save"));

/** The value after a round trip; the bytes are overwritten, so that what still leans on them shows. */
function roundTrip(value: unknown, classes: readonly RegisteredClass[] = []): Loose {
  const serializer = new ValueSerializer(new ClassRegistry(classes, "save"));
  const bytes = serializer.encode(value).slice();
  const back = serializer.decode(bytes);
  bytes.fill(0xee);
  return back;
}

function errorOf(run: () => unknown): SerializationError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return error as SerializationError;
  }
  throw new Error("nothing was thrown");
}

describe("round trips", () => {
  test("any value comes back deeply and strictly equal, and nothing was written to it", () => {
    fc.assert(
      fc.property(values, (value) => {
        const back = roundTrip(value);
        if (!isDeepStrictEqual(back, value)) expect(back).toStrictEqual(value);
      }),
      { numRuns: 1_500 },
    );
  });

  test("a __proto__ property is a property", () => {
    const back = roundTrip(JSON.parse('{"__proto__": {"admin": true}, "x": {"__proto__": 5}}'));
    expect(Object.keys(back)).toEqual(["__proto__", "x"]);
    expect(back.admin).toBeUndefined();
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  test("objects without a prototype, and of other realms", () => {
    expect(Object.getPrototypeOf(roundTrip(Object.assign(Object.create(null), { a: 1 })))).toBeNull();
    expect(roundTrip(runInNewContext("({a: [1, {}]})"))).toStrictEqual({ a: [1, {}] });
  });

  test("errors keep kind, message, stack, cause and what was hung onto them", () => {
    const error = Object.assign(new AggregateError([new TypeError("t")], "all", { cause: 1 }), { code: "E" });
    const back = roundTrip(error);
    expect(back).toBeInstanceOf(AggregateError);
    expect([back.message, back.stack, back.cause, back.code]).toEqual(["all", error.stack, 1, "E"]);
    expect(back.errors[0]).toBeInstanceOf(TypeError);
    expect(Object.keys(back)).toEqual(["code"]);
    expect(Object.prototype.toString.call(back)).toBe("[object Error]");
  });

  test("a view brings its own bytes only, and they are nobody else's", () => {
    const pool = new Uint8Array(1_000).fill(7);
    const back = roundTrip([
      pool.subarray(10, 12),
      new DataView(pool.buffer, 5, 3),
      Buffer.from("secret").subarray(0, 1),
    ]);
    expect(back.map((view: ArrayBufferView) => view.buffer.byteLength)).toEqual([2, 3, 1]);
    expect(back[0]).toEqual(Uint8Array.of(7, 7));
    expect(back[2]).toBeInstanceOf(Buffer);
    expect(back[2].toString()).toBe("s");
  });

  test("a regular expression keeps its place", () => {
    const regexp = /a/g;
    regexp.lastIndex = 3;
    expect(roundTrip(regexp).lastIndex).toBe(3);
  });

  test("an array of nearly nothing takes nearly nothing", () => {
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = "far";
    expect(codec.encode(sparse).length).toBeLessThan(40);
    const back = roundTrip(sparse);
    expect([back.length, back[4_000_000_000], Object.keys(back)]).toEqual([
      4_000_000_001,
      "far",
      ["4000000000"],
    ]);
  });

  test("a list of records names its properties once", () => {
    const records = Array.from({ length: 100 }, (_, id) => ({ identifier: id, description: "x" }));
    expect(codec.encode(records).length).toBeLessThan(1_100);
  });
});

describe("cycles and sharing", () => {
  test("through every kind of container", () => {
    const root: Loose = {
      list: [],
      map: new Map(),
      set: new Set(),
      error: new Error("e"),
      bare: Object.create(null),
    };
    root.list.push(root, root.list);
    root.map.set(root.map, root);
    root.set.add(root.set).add(root.map);
    root.error.cause = root;
    root.bare.up = root;
    const back = roundTrip(root);
    expect(back).not.toBe(root);
    expect([back.list[0] === back, back.list[1] === back.list]).toEqual([true, true]);
    expect(back.map.get(back.map)).toBe(back);
    expect([back.set.has(back.set), back.set.has(back.map)]).toEqual([true, true]);
    expect([back.error.cause === back, back.bare.up === back]).toEqual([true, true]);
  });

  test("what was one object stays one, of every kind", () => {
    for (const shared of [
      {},
      [],
      new Map(),
      new Date(0),
      /a/,
      new Uint8Array(1),
      new URL("a:b"),
      new Error("x"),
    ]) {
      const [first, second] = roundTrip([shared, shared]);
      expect(first).toBe(second);
      expect(first).toEqual(shared);
    }
  });

  test("nested as deep as allowed works, deeper is refused on both sides, and the codec is usable afterwards", () => {
    const nest = (depth: number) => {
      let value: unknown = "core";
      for (let i = 0; i < depth; i++) value = [value];
      return value;
    };
    expect(roundTrip(nest(1_000))).toStrictEqual(nest(1_000));
    expect(errorOf(() => codec.encode(nest(1_001))).message).toContain("nested more than 1000 deep");
    const deep = new Uint8Array(4_000).map((_, index) => (index % 2 === 0 ? 10 : 1));
    expect(errorOf(() => codec.decode(deep)).message).toContain("nested more than 1000 deep");
    expect(codec.decode(codec.encode({ still: "fine" }))).toEqual({ still: "fine" });
  });
});

class User {
  friends: User[] = [];
  constructor(public name: string) {}
  get loud() {
    return this.name.toUpperCase();
  }
  set loud(_: string) {
    throw new Error("a setter ran");
  }
}
class Admin extends User {}
class Money {
  readonly #cents: bigint;
  constructor(cents: bigint) {
    this.#cents = cents;
  }
  get cents() {
    return this.#cents;
  }
}
const money = {
  name: "Money",
  class: Money,
  encode: (instance: Money) => ({ cents: instance.cents }),
  decode: (data: { cents: bigint }) => new Money(data.cents),
};

describe("registered classes", () => {
  test("instances come back as instances, in cycles too, without running a constructor", () => {
    const ann = new User("Ann");
    const bob = new Admin("Bob");
    ann.friends.push(bob, ann);
    bob.friends.push(ann);
    const back = roundTrip(new Map([["x", { ann }]]), [User, Admin]).get("x").ann;
    expect(back).toBeInstanceOf(User);
    expect(back).not.toBeInstanceOf(Admin);
    expect(back.loud).toBe("ANN");
    expect(back.friends[1]).toBe(back);
    expect(back.friends[0]).toBeInstanceOf(Admin);
    expect(back.friends[0].friends[0]).toBe(back);
  });

  test("encode and decode carry private fields, nested and shared, inside other cycles", () => {
    const price = new Money(5n);
    const cart: Loose = { price, again: price, list: [new Money(7n)] };
    cart.self = cart;
    const back = roundTrip(cart, [money]);
    expect([back.price.cents, back.list[0].cents]).toEqual([5n, 7n]);
    expect(back.again).toBe(back.price);
    expect(back.self).toBe(back);
  });

  test("what encode gives may hold further instances", () => {
    class Box {
      constructor(readonly content: unknown) {}
    }
    const box = {
      name: "Box",
      class: Box,
      encode: (b: Box) => b.content,
      decode: (content: unknown) => new Box(content),
    };
    const back = roundTrip(new Box([new Box(new Money(1n)), new User("a")]), [box, money, User]);
    expect(back.content[0].content.cents).toBe(1n);
    expect(back.content[1]).toBeInstanceOf(User);
  });

  test("an instance's properties are defined, never assigned: no setter and no prototype is in the way", () => {
    const user = Object.defineProperty(new User("a"), "loud", { value: "own", enumerable: true });
    Object.defineProperty(user, "__proto__", { value: 1, enumerable: true });
    const back = roundTrip(user, [User]);
    expect(Object.getOwnPropertyDescriptor(back, "loud")?.value).toBe("own");
    expect(Object.getPrototypeOf(back)).toBe(User.prototype);
  });

  test("a cycle through a class's own encode is refused, because decode would need itself", () => {
    class Node {
      next: unknown = this;
    }
    const own = {
      name: "Node",
      class: Node,
      encode: (n: Node) => ({ next: n.next }),
      decode: () => new Node(),
    };
    expect(errorOf(() => roundTrip({ a: [new Node()] }, [own])).message).toBe(
      "an instance of Node is part of a cycle through its own encode; leave encode and decode away, or break the cycle (at .a[0])",
    );
  });

  test.each<[string, unknown[], string]>([
    ["not a class", [5], "classes[0]"],
    ["an arrow function", [() => {}], "a class, or an object with one"],
    ["no name", [class {}], "a class with a name"],
    ["one of encode and decode", [{ name: "User", class: User, encode: () => 1 }], "both encode and decode"],
    ["the same name twice", [User, { name: "User", class: Admin }], "a class of another name"],
    ["a subclass of a builtin class", [class Users extends Map {}], "because it extends a builtin class"],
    ["a builtin class", [Map], "because it extends a builtin class"],
  ])("%s is refused when it is registered", (_, classes, message) => {
    expect(() => new ClassRegistry(classes as RegisteredClass[], "save")).toThrow(InvalidOptionError);
    expect(() => new ClassRegistry(classes as RegisteredClass[], "save")).toThrow(message);
  });

  test("failures in encode and decode name the class", () => {
    const fail = () => {
      throw new Error("no");
    };
    const bad = (encode: () => unknown, decode: () => never) => [
      { name: "User", class: User, encode, decode },
    ];
    const user = new User("a");
    const atEncode = errorOf(() => roundTrip([user], bad(fail, fail)));
    expect([atEncode.message, atEncode.className]).toEqual([
      "the encode of class User failed (at [0])",
      "User",
    ]);
    expect((atEncode.cause as Error).message).toBe("no");
    expect(
      errorOf(() =>
        roundTrip(
          user,
          bad(() => 1, fail),
        ),
      ).message,
    ).toContain("the decode of class User failed");
    const nothing = (() => 5) as unknown as () => never;
    expect(
      errorOf(() =>
        roundTrip(
          user,
          bad(() => 1, nothing),
        ),
      ).message,
    ).toContain("must return an object");
  });

  test("a class that is missing, or registered otherwise, when decoding", () => {
    const bytes = new ValueSerializer(new ClassRegistry([User], "save")).encode([new User("a")]).slice();
    const missing = errorOf(() => codec.decode(bytes));
    expect(missing.className).toBe("User");
    expect(missing.message).toContain("class User, which is not registered; add it to the option classes");
    const otherwise = { ...money, name: "User" };
    expect(
      errorOf(() => new ValueSerializer(new ClassRegistry([otherwise], "x")).decode(bytes)).message,
    ).toContain("class User was saved without its encode");
  });
});

describe("what would be lost is refused, with the place", () => {
  class Users extends Map {}
  class Odd extends Uint8Array {}
  const deep = (value: unknown) => ({ a: [0, new Map([["k", value]])] });
  test.each<[string, unknown, string]>([
    ["a function", deep(() => 1), 'a function cannot be saved (at .a[1].get("k"))'],
    ["a symbol", [Symbol.iterator], "a symbol cannot be saved (at [0])"],
    [
      "an instance",
      { user: new User("a") },
      "an instance of User is of a class that is not registered; add it to the option classes (at .user)",
    ],
    ["a subclass of a registered class", new Admin("a"), "an instance of Admin"],
    ["a subclass of Map", new Users(), "an instance of Users"],
    ["a subclass of binary data", new Odd(1), "an instance of Odd"],
    ["an error's subclass", new (class Oops extends Error {})(), "an instance of Oops"],
    ["a promise", { p: Promise.resolve() }, "an instance of Promise"],
    ["a WeakMap", new WeakMap(), "an instance of WeakMap"],
    ["a boxed number", Object(1), "an instance of Number"],
    ["shared memory", new SharedArrayBuffer(1), "an instance of SharedArrayBuffer"],
    ["a property of a Map", Object.assign(new Map(), { x: 1 }), 'its property "x" cannot be saved'],
    [
      "a property of a Date",
      [Object.assign(new Date(), { x: 1 })],
      'its property "x" cannot be saved (at [0])',
    ],
    ["a property named by a symbol", { [Symbol("s")]: 1 }, "its property Symbol(s) cannot be saved"],
    [
      "the same of an array",
      Object.assign([1], { [Symbol("s")]: 1 }),
      "its property Symbol(s) cannot be saved",
    ],
    ["an odd lastIndex", Object.assign(/a/, { lastIndex: -1 }), "its lastIndex is not a whole number"],
    [
      "a getter that throws",
      Object.defineProperty({}, "x", {
        enumerable: true,
        get() {
          throw new Error("got");
        },
      }),
      'reading it failed: "got"',
    ],
  ])("%s", (_, value, message) => {
    expect(errorOf(() => codec.encode(value)).message).toContain(message);
  });

  test("a Map or Set that changes while it is saved", () => {
    const map = new Map<string, unknown>();
    map
      .set("a", {
        get x() {
          map.delete("b");
          return 1;
        },
      })
      .set("b", 1);
    expect(errorOf(() => codec.encode(map)).message).toContain("it changed while it was saved");
    const set = new Set<unknown>();
    set
      .add({
        get x() {
          set.delete(1);
          return 1;
        },
      })
      .add(1);
    expect(errorOf(() => codec.encode(set)).message).toContain("it changed while it was saved");
  });
});

describe("hostile bytes", () => {
  const decodes = (bytes: Uint8Array) => {
    try {
      codec.decode(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(SerializationError);
    }
  };

  test("any bytes give a value or the typed error", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 60 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(fc.property(bytes, decodes), { numRuns: 8_000 });
  });

  test("valid bytes with some changed, cut off or added give a value or the typed error", () => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }), cut: fc.nat() });
    fc.assert(
      fc.property(values, change, (value, { at, to, cut }) => {
        const bytes = codec.encode(value).slice();
        bytes[at % bytes.length] = to;
        decodes(bytes);
        decodes(bytes.subarray(0, cut % bytes.length));
        decodes(Uint8Array.of(...bytes.subarray(0, 1_000), to));
      }),
      { numRuns: 1_500 },
    );
  });

  test("claims of great size cost nothing", () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const before = process.memoryUsage();
    for (let tag = 0; tag < 25; tag++)
      for (let extra = 0; extra < 15; extra++) {
        decodes(Uint8Array.of(tag, ...huge));
        decodes(Uint8Array.of(tag, extra, ...huge));
        decodes(Uint8Array.of(tag, ...huge, 0));
        decodes(Uint8Array.of(tag, 0x80, 0x80, 0x80, 0x0a, 0));
      }
    const after = process.memoryUsage();
    const grown = after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
    expect(grown).toBeLessThan(50_000_000);
  });
});

test("holes take no memory, whatever length is claimed", () => {
  const claims = Array.from({ length: 8 }, () => [11, 0x80, 0x80, 0x80, 0x0a, 0]).flat();
  const before = process.memoryUsage().heapUsed;
  const arrays = codec.decode(Uint8Array.of(10, 8, ...claims)) as unknown[][];
  expect(arrays.map((each) => each.length)).toEqual(new Array(8).fill(20_971_520));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
});

test("a forged cycle through a class's own decode is refused", () => {
  const bytes = Uint8Array.of(22, 10, ...new TextEncoder().encode("Money"), 9, 0);
  const serializer = new ValueSerializer(new ClassRegistry([money], "save"));
  expect(errorOf(() => serializer.decode(bytes)).message).toContain(
    "object 0 is referred to before it is there",
  );
});

test("off Node the bytes are the same", () => {
  const value = ["x".repeat(100), "ж".repeat(100), "short", "ж", { Buffer: 1 }, new Uint8Array([1, 2])];
  const expected = codec.encode(value).slice();
  const host = globalThis as { Buffer?: unknown };
  const { Buffer } = host;
  try {
    host.Buffer = undefined;
    const bare = new ValueSerializer(new ClassRegistry([], "save"));
    expect(bare.encode(value)).toEqual(expected);
    expect(bare.decode(expected)).toStrictEqual(value);
  } finally {
    host.Buffer = Buffer;
  }
});
