/** Hooks: told before or after an action, only of the actions asked for, and never able to break the caller's call. */
import { group } from "../cases.js";
import { identical, ok, rejects, same, throws } from "../check.js";
import { settle } from "../fake-clock.js";

interface Event {
  action: string;
  args: unknown[];
  result: unknown;
}

export const hooks = group("hooks", ["hooks"], (test) => {
  test("after: told the action, its arguments and its result", (t) => {
    const events: Event[] = [];
    const cache = t.create({
      hooks: [{ when: "after", handle: (event: Event) => void events.push({ ...event }) }],
    });
    cache.set("a", 1);
    cache.get("a");
    cache.delete("a");
    same(
      events.map(({ action, args, result }) => [action, args.slice(0, 2), result]),
      [
        ["set", ["a", 1], true],
        ["get", ["a"], 1],
        ["delete", ["a"], true],
      ],
    );
  });

  test("before: told when nothing has happened yet", (t) => {
    const seen: unknown[] = [];
    const cache = t.create({
      hooks: [
        {
          when: "before",
          on: ["set"],
          handle: (event: Event) => void seen.push([event.action, cache.peek("a"), event.result]),
        },
      ],
    });
    cache.set("a", 1);
    cache.set("a", 2);
    same(seen, [
      ["set", undefined, undefined],
      ["set", 1, undefined],
    ]);
  });

  test("only of the actions asked for", (t) => {
    const seen: string[] = [];
    const cache = t.create({
      hooks: [
        {
          when: "after",
          on: ["set", "delete"],
          handle: ({ action }: Event) => void seen.push(`one ${action}`),
        },
        { when: "after", on: ["get"], handle: ({ action }: Event) => void seen.push(`two ${action}`) },
      ],
    });
    cache.set("a", 1);
    cache.get("a");
    cache.has("a");
    cache.delete("a");
    same(seen, ["one set", "two get", "one delete"]);
  });

  test("several hooks are told in the order declared", (t) => {
    const seen: string[] = [];
    const hook = (name: string, when: string) => ({ when, on: ["set"], handle: () => void seen.push(name) });
    const cache = t.create({
      hooks: [
        hook("after 1", "after"),
        hook("before 1", "before"),
        hook("after 2", "after"),
        hook("before 2", "before"),
      ],
    });
    cache.set("a", 1);
    same(seen, ["before 1", "before 2", "after 1", "after 2"]);
  });

  for (const when of ["before", "after"] as const) {
    test(`a hook that throws ${when} is counted and reported, and the call goes on`, (t) => {
      const boom = new Error("boom");
      const reports: unknown[] = [];
      const handle = (): never => {
        throw boom;
      };
      const onError = (error: unknown, { source, name }: Record<string, unknown>): void =>
        void reports.push([error, source, name]);
      const cache = t.create({ onError, hooks: [{ name: "bad", when, on: ["set"], handle }] });
      identical(cache.set("a", 1), true);
      identical(cache.get("a"), 1);
      same(reports, [[boom, "hook", "bad"]]);
    });

    test(`an asynchronous hook that fails ${when} is reported, and no rejection is left`, async (t) => {
      const reports: unknown[] = [];
      const onError = (error: unknown): void => void reports.push(error);
      const boom = new Error("boom");
      const cache = t.create({ onError, hooks: [{ when, on: ["set"], handle: () => Promise.reject(boom) }] });
      identical(cache.set("a", 1), true);
      await settle();
      same(reports, [boom]);
    });
  }

  test("a reporter that throws breaks nothing either", (t) => {
    const fail = (): never => {
      throw new Error("boom");
    };
    const cache = t.create({ onError: fail, hooks: [{ when: "after", on: ["set"], handle: fail }] });
    identical(cache.set("a", 1), true);
    identical(cache.get("a"), 1);
  });

  test("a hook that may veto stops the action", (t) => {
    const veto = {
      name: "guard",
      when: "before",
      on: ["set", "delete"],
      veto: true,
      handle: ({ args }: Event) => args[0] !== "locked",
    };
    const cache = t.create({ hooks: [veto] });
    identical(cache.set("open", 1), true);
    identical(cache.set("locked", 1), false);
    identical(cache.has("locked"), false);
    identical(cache.delete("open"), true);
  });

  test("a hook that may not veto stops nothing, whatever it returns", (t) => {
    const cache = t.create({ hooks: [{ when: "before", handle: () => false }] });
    identical(cache.set("a", 1), true);
    identical(cache.get("a"), 1);
    identical(cache.delete("a"), true);
  });

  test("a hook may use the cache, and is not told of what it does itself without end", (t) => {
    let calls = 0;
    const cache = t.create({
      hooks: [
        {
          when: "after",
          on: ["set"],
          handle: ({ args }: Event) => {
            calls += 1;
            if (args[0] === "a") cache.set("b", args[1]);
          },
        },
      ],
    });
    cache.set("a", 1);
    identical(cache.get("b"), 1);
    identical(calls, 1);
  });

  test("an action that is refused is no action", (t) => {
    const events: Event[] = [];
    const cache = t.create({ hooks: [{ when: "after", handle: (event: Event) => void events.push(event) }] });
    throws(() => cache.set("a", undefined), "InvalidValueError");
    throws(() => cache.set("a", 1, { tll: 5 }), "InvalidOptionError");
    same(
      events.map(({ action }) => action),
      [],
    );
  });

  test("fetch is told with its value once it is there", ["fetch"], async (t) => {
    const events: Event[] = [];
    const cache = t.create({
      hooks: [{ when: "after", on: ["fetch"], handle: (event: Event) => void events.push(event) }],
    });
    await cache.fetch("a", async () => 1);
    await settle();
    identical(events.length, 1);
    identical(events[0].action, "fetch");
    identical(events[0].args[0], "a");
    identical(await events[0].result, 1);
  });

  test("a hook declared wrongly is refused by name", ["strictOptions"], async (t) => {
    const handle = (): void => undefined;
    for (const wrong of [
      { when: "during", handle },
      { when: "after" },
      { when: "after", handle: 5 },
      { when: "after", on: "set", handle },
      { wen: "after", handle },
    ]) {
      throws(
        () => t.create({ hooks: [wrong] }),
        { name: "InvalidOptionError", says: ["hooks"] },
        JSON.stringify(wrong),
      );
    }
    const error = throws(
      () => t.create({ hooks: [{ when: "after", on: ["sett"], handle }] }),
      "InvalidOptionError",
    );
    ok(error.message.includes('"set"'), error.message);
    await rejects(Promise.reject(error), "InvalidOptionError");
  });
});
