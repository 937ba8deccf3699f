/**
 * Hooks beyond what every cache promises (see the conformance suite): queues of asynchronous ones, their bound, filters,
 * what a veto does to each verb, beginning and resetting, and which hook is told of what another does.
 */
import { Cache, ClosedError, type ErrorSource, type Hook, type HookEvent, VetoError } from "stowage";
import { type Deferred, deferred, FakeClock, settle } from "stowage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: every verb of caches of any value is called
type AnyCache = Cache<string, any>;

let cache: AnyCache;
let reports: [error: unknown, source: ErrorSource][];
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  reports = [];
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
  if (!cache.closed) cache.verify();
  cache.close();
});

function make(hooks: Hook[], clock = new FakeClock()): AnyCache {
  cache = new Cache({ clock, hooks, onError: (error, source) => void reports.push([error, source]) });
  return cache;
}

const told = ({ action, args }: HookEvent): string => `${action} ${String(args[0])}`;

describe("an asynchronous hook", () => {
  it("is told in a later turn, in the order in which things happened", async () => {
    const events: string[] = [];
    make([{ when: "after", async: true, handle: (event) => void events.push(told(event)) }]);
    cache.set("a", 1);
    cache.get("a");
    cache.delete("a");
    expect(events, "in the same turn").toEqual([]);
    await settle();
    expect(events).toEqual(["set a", "get a", "delete a"]);
  });

  it("has one event at a time: the next waits until it is done with the one before", async () => {
    const events: string[] = [];
    const gates: Deferred<void>[] = [];
    const handle = async (event: HookEvent): Promise<void> => {
      events.push(`begin ${told(event)}`);
      const gate = deferred<void>();
      gates.push(gate);
      await gate.promise;
      events.push(`end ${told(event)}`);
    };
    make([{ when: "after", on: ["set"], async: true, handle }]);
    cache.set("a", 1);
    cache.set("b", 1);
    await settle();
    expect(events).toEqual(["begin set a"]);
    cache.set("c", 1);
    for (const at of [0, 1, 2]) {
      gates[at].resolve();
      await settle();
    }
    expect(events).toEqual(["a", "b", "c"].flatMap((key) => [`begin set ${key}`, `end set ${key}`]));
  });

  it("starts again after its queue ran empty", async () => {
    const events: string[] = [];
    make([{ when: "after", async: true, handle: (event) => void events.push(told(event)) }]);
    for (const key of ["a", "b", "c"]) {
      cache.set(key, 1);
      await settle();
    }
    expect(events).toEqual(["set a", "set b", "set c"]);
  });

  it("does not hold up another one", async () => {
    const events: string[] = [];
    make([
      { when: "after", async: true, handle: () => deferred().promise },
      { when: "after", async: true, handle: (event) => void events.push(told(event)) },
    ]);
    cache.set("a", 1);
    cache.set("b", 1);
    await settle();
    expect(events).toEqual(["set a", "set b"]);
  });

  it("loses events that find its queue full, counted, and no others", async () => {
    const events: string[] = [];
    const gate = deferred<void>();
    const handle = async (event: HookEvent): Promise<void> => {
      await gate.promise;
      events.push(told(event));
    };
    make([{ when: "after", on: ["set"], async: true, queue: 3, handle }]);
    cache.set("first", 1);
    await settle();
    for (const key of ["a", "b", "c", "d", "e"]) cache.set(key, 1);
    expect(cache.stats().droppedEvents).toBe(2);
    gate.resolve();
    await settle();
    expect(events).toEqual(["set first", "set a", "set b", "set c"]);
    cache.set("later", 1);
    await settle();
    expect(events.at(-1)).toBe("set later");
    expect(cache.stats().droppedEvents).toBe(2);
    cache.reset();
    expect(cache.stats().droppedEvents).toBe(0);
  });

  it("queues ten thousand unless told otherwise", () => {
    make([{ when: "after", on: ["set"], async: true, handle: () => undefined }]);
    for (let n = 0; n < 10_000; n++) cache.set("a", n);
    expect(cache.stats().droppedEvents).toBe(0);
    cache.set("a", 1);
    expect(cache.stats().droppedEvents).toBe(1);
  });

  it("that fails is reported, and goes on with the next event", async () => {
    const events: string[] = [];
    const handle = async (event: HookEvent): Promise<void> => {
      if (event.args[0] === "bad") throw new Error("boom");
      events.push(told(event));
    };
    make([{ name: "log", when: "after", async: true, handle }]);
    for (const key of ["bad", "good", "bad", "fine"]) cache.set(key, 1);
    await settle();
    expect(events).toEqual(["set good", "set fine"]);
    expect(reports).toEqual(Array(2).fill([new Error("boom"), { source: "hook", name: "log" }]));
    expect(cache.stats().errors.hook).toBe(2);
  });

  it.each(["reset", "close"] as const)("is not told what waited when %s came", async (verb) => {
    const events: string[] = [];
    const gate = deferred<void>();
    const handle = async (event: HookEvent): Promise<void> => {
      events.push(told(event));
      await gate.promise;
    };
    make([{ when: "after", on: ["set"], async: true, handle }]);
    cache.set("under way", 1);
    await settle();
    cache.set("waiting", 1);
    cache[verb]();
    gate.resolve();
    await settle();
    expect(events).toEqual(["set under way"]);
    if (verb === "close") return;
    cache.set("afterwards", 1);
    await settle();
    expect(events).toEqual(["set under way", "set afterwards"]);
  });

  it("before an action is told of it too, later", async () => {
    const events: unknown[] = [];
    make([
      { when: "before", async: true, handle: ({ action, result }) => void events.push([action, result]) },
    ]);
    cache.set("a", 1);
    expect(events).toEqual([]);
    await settle();
    expect(events).toEqual([["set", undefined]]);
  });
});

describe("a filter", () => {
  it("chooses by action, arguments and result", () => {
    const hits: string[] = [];
    make([
      {
        when: "after",
        on: ["get", "peek"],
        filter: ({ action, args, result }) => action === "get" && args[0] !== "b" && result !== undefined,
        handle: (event) => void hits.push(told(event)),
      },
    ]);
    cache.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    for (const key of ["a", "b", "missing", "a"]) {
      cache.get(key);
      cache.peek(key);
    }
    expect(hits).toEqual(["get a", "get a"]);
  });

  it("that throws is reported and lets nothing through, vetoes included", () => {
    const boom = new Error("boom");
    const filter = (): never => {
      throw boom;
    };
    make([
      { name: "log", when: "after", on: ["set"], filter, handle: () => expect.unreachable() },
      { name: "guard", when: "before", on: ["set"], filter, veto: true, handle: () => false },
    ]);
    expect(cache.set("a", 1)).toBe(true);
    expect(reports).toEqual([
      [boom, { source: "hook", name: "guard" }],
      [boom, { source: "hook", name: "log" }],
    ]);
  });

  it("lets through what it calls true, and not what is merely like it", () => {
    let calls = 0;
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may return
    const filter = ({ args }: HookEvent): any => args[1];
    make([{ when: "after", on: ["set"], filter, handle: () => void calls++ }]);
    for (const value of [true, 1, "yes", {}, false, null]) cache.set("a", value);
    expect(calls).toBe(1);
  });
});

describe("beginning and resetting", () => {
  it("init is given the finished cache once, in order, and may use it", () => {
    const given: unknown[] = [];
    const init = (name: string) => (made: unknown) => {
      given.push(name, made);
      (made as AnyCache).set(name, 1);
    };
    const handle = (): void => undefined;
    make([
      { when: "after", handle, init: init("after") },
      { when: "before", handle, init: init("before") },
      { when: "after", handle },
    ]);
    expect(given).toEqual(["before", cache, "after", cache]);
    expect(cache.size()).toBe(2);
  });

  it("an init that throws is reported, and the cache is there all the same", () => {
    const boom = new Error("boom");
    const init = (): never => {
      throw boom;
    };
    make([{ name: "bad", when: "after", init, handle: () => undefined }]);
    expect(reports).toEqual([[boom, { source: "hook", name: "bad" }]]);
    expect(cache.set("a", 1)).toBe(true);
  });

  it("reset is called by reset alone, and its failure reported", () => {
    let resets = 0;
    const reset = (): never => {
      resets++;
      throw new Error("boom");
    };
    make([{ name: "counter", when: "after", on: ["set"], reset, handle: () => undefined }]);
    cache.clear();
    cache.resetStats();
    expect(resets).toBe(0);
    expect(cache.reset()).toBe(0);
    expect(resets).toBe(1);
    expect(reports).toEqual([[new Error("boom"), { source: "hook", name: "counter" }]]);
  });
});

describe("a veto", () => {
  const guard = (on: readonly string[], handle: Hook["handle"] = () => false): Hook => ({
    name: "guard",
    when: "before",
    veto: true,
    on: on as Hook["on"],
    handle,
  });

  const yesOrNo: [verb: string, call: () => unknown][] = [
    ["set", () => cache.set("a", 2)],
    ["delete", () => cache.delete("a")],
    ["touch", () => cache.touch("a")],
    ["expire", () => cache.expire("a", 5)],
    ["expireAt", () => cache.expireAt("a", 0)],
    ["persist", () => cache.persist("a")],
    ["refresh", () => cache.refresh("a")],
    ["update", () => cache.update("a", 2)],
    ["has", () => cache.has("a")],
  ];
  it.each(yesOrNo)("of %s makes it false", (verb, call) => {
    make([guard([verb])]);
    cache.import([{ key: "a", value: 1, expiresAt: null }]);
    expect(call()).toBe(false);
    expect(cache.export()).toEqual([{ key: "a", value: 1, expiresAt: null }]);
  });

  const throwing: [verb: string, call: () => unknown][] = [
    ["get", () => cache.get("a")],
    ["peek", () => cache.peek("a")],
    ["take", () => cache.take("a")],
    ["getMany", () => cache.getMany(["a"])],
    ["setMany", () => cache.setMany([["b", 1]])],
    ["clear", () => cache.clear()],
    ["reset", () => cache.reset()],
    ["size", () => cache.size()],
    ["isEmpty", () => cache.isEmpty()],
    ["prune", () => cache.prune(0)],
    ["purge", () => cache.purge()],
    ["resize", () => cache.resize({ max: 5 })],
    ["stream", () => cache.stream()],
    ["ttl", () => cache.ttl("a")],
    ["incr", () => cache.incr("a")],
    ["decr", () => cache.decr("a")],
    ["getAndUpdate", () => cache.getAndUpdate("a", () => 2)],
    ["execute", () => cache.execute(() => 1)],
    ["invalidateTag", () => cache.invalidateTag("t")],
    ["import", () => cache.import([])],
    ["stats", () => cache.stats()],
  ];
  it.each(throwing)("of %s throws VetoError, which names hook and action", (verb, call) => {
    make([guard([verb])]);
    cache.set("a", 1, { tags: ["t"] });
    expect(call).toThrow(VetoError);
    expect(call).toThrow(/guard/);
    expect(call).toThrow(verb);
    expect([...cache]).toEqual([["a", 1]]);
  });

  const rejecting: [verb: string, call: () => Promise<unknown>][] = [
    ["fetch", () => cache.fetch("b", () => expect.unreachable())],
    ["fetchMany", () => cache.fetchMany(["b"], () => expect.unreachable())],
    ["transaction", () => cache.transaction(["a"], () => expect.unreachable())],
    ["warm", () => cache.warm()],
    ["save", () => cache.save("no-such-folder/x")],
    ["restore", () => cache.restore("no-such-folder/x")],
  ];
  it.each(rejecting)("of %s rejects with VetoError", async (verb, call) => {
    make([guard([verb])]);
    const failure = await call().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(VetoError);
    expect(failure).toMatchObject({ code: "STOWAGE_VETO" });
  });

  it.each(["set", "get", "fetch"])(
    "by throwing, of %s, is a VetoError with what was thrown as its cause",
    async (verb) => {
      const boom = new Error("not today");
      make([
        guard([verb], () => {
          throw boom;
        }),
      ]);
      const call = async (): Promise<unknown> =>
        verb === "set" ? cache.set("a", 1) : verb === "get" ? cache.get("a") : cache.fetch("a", () => 1);
      const failure = await call().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(VetoError);
      expect(failure).toMatchObject({ cause: boom, code: "STOWAGE_VETO" });
      expect(reports, "it has reached the caller").toEqual([]);
    },
  );

  it("is false or a throw and nothing else", () => {
    let answer: unknown;
    make([guard(["set"], () => answer)]);
    for (answer of [undefined, null, 0, "", true, 1]) expect(cache.set("a", 1)).toBe(true);
    answer = false;
    expect(cache.set("a", 1)).toBe(false);
    // A promise is no answer: it would come too late.
    answer = Promise.resolve(true);
    expect(() => cache.set("a", 1)).toThrow(VetoError);
  });

  it("keeps later hooks and hooks after the action from being told", () => {
    const events: string[] = [];
    make([
      { when: "before", on: ["set"], handle: () => void events.push("earlier") },
      guard(["set"]),
      { when: "before", on: ["set"], handle: () => void events.push("later") },
      { when: "after", on: ["set"], handle: () => void events.push("after") },
    ]);
    cache.set("a", 1);
    expect(events).toEqual(["earlier"]);
  });

  it("may use the cache, and is not asked about that", () => {
    make([
      guard(["set"], ({ args }) => {
        if (args[0] !== "log") cache.set("log", args[0]);
        return args[0] === "log";
      }),
    ]);
    expect(cache.set("a", 1)).toBe(false);
    expect([...cache]).toEqual([["log", "a"]]);
  });
});

describe("hooks and the actions of other hooks", () => {
  it("a hook is told of what another one does", () => {
    const events: string[] = [];
    make([
      { when: "after", on: ["set"], handle: ({ args }) => void (args[0] === "a" && cache.delete("a")) },
      { when: "after", on: ["delete"], handle: (event) => void events.push(told(event)) },
    ]);
    cache.set("a", 1);
    expect(events).toEqual(["delete a"]);
    expect(cache.has("a")).toBe(false);
  });

  it("two hooks that set upon each other's sets come to an end", () => {
    let calls = 0;
    const handle = (): void => {
      calls++;
      cache.set(`key ${calls}`, calls);
    };
    make([
      { when: "after", on: ["set"], handle },
      { when: "after", on: ["set"], handle },
    ]);
    cache.set("a", 1);
    expect(calls).toBeLessThan(10);
    expect(cache.size()).toBe(calls + 1);
  });
});

describe("what a hook itself does", () => {
  it("an asynchronous one is not told of either", async () => {
    let calls = 0;
    const handle = (): void => {
      if (++calls < 100) cache.set(`key ${calls}`, calls);
    };
    make([{ when: "after", on: ["set"], async: true, handle }]);
    cache.set("a", 1);
    await settle();
    expect(calls).toBe(1);
  });

  it("closing the cache before an action keeps the action from happening", () => {
    const clock = new FakeClock();
    make([{ when: "before", on: ["set"], handle: () => cache.close() }], clock);
    expect(() => cache.set("a", 1, { ttl: 50 })).toThrow(ClosedError);
    expect(clock.pending, "timers").toBe(0);
  });

  it("every action that may be named in on is told, or refused by name", () => {
    for (const action of ["keys", "values", "entries", "inspect"] as const) {
      const told: string[] = [];
      try {
        make([{ when: "after", on: [action], handle: (event) => void told.push(event.action) }]);
      } catch (error) {
        expect(error).toMatchObject({ code: "STOWAGE_INVALID_OPTION" });
        continue;
      }
      expect([...cache.keys(), ...cache.values(), ...cache.entries(), cache.inspect()].length).toBe(1);
      expect(told, action).toContain(action);
    }
  });
});

describe("events of promising verbs", () => {
  it("come when the promise is settled, with what it came to", async () => {
    const events: HookEvent[] = [];
    make([{ when: "after", on: ["fetch", "transaction"], handle: (event) => void events.push(event) }]);
    const load = deferred<number>();
    const loading = cache.fetch("a", () => load.promise);
    await settle();
    expect(events).toEqual([]);
    load.resolve(5);
    await loading;
    expect(events).toEqual([{ action: "fetch", args: ["a", expect.any(Function), undefined], result: 5 }]);
  });

  it("a rejection is told as the error, and reaches the caller as it was", async () => {
    const events: HookEvent[] = [];
    make([{ when: "after", handle: (event) => void events.push(event) }]);
    const boom = new Error("boom");
    await expect(cache.transaction(["a"], () => Promise.reject(boom))).rejects.toBe(boom);
    expect(events).toEqual([
      {
        action: "transaction",
        args: [["a"], expect.any(Function), undefined],
        result: undefined,
        error: boom,
      },
    ]);
  });

  it("of a cache that was closed meanwhile, nobody is told", async () => {
    const events: HookEvent[] = [];
    make([{ when: "after", handle: (event) => void events.push(event) }]);
    const loading = cache.fetch("a", () => deferred<number>().promise);
    cache.close();
    await expect(loading).rejects.toBeInstanceOf(ClosedError);
    expect(events).toEqual([]);
  });
});
