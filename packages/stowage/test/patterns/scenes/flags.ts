/** Feature flags: who is in, and that it is always the same people. */
import { Cache } from "../../../src/cache/cache.js";
import { FeatureFlags, type FeatureFlagsOptions, type FlagRule } from "../../../src/patterns/index.js";
import { between, identical, rejects, same, throws } from "../../../src/testing/check.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { type Scenes, scenes } from "../../support/scenes.js";

const users = Array.from({ length: 4_000 }, (_, index) => `user-${index}`);

async function inOf(flags: FeatureFlags, name: string): Promise<string[]> {
  const on = await Promise.all(users.map((user) => flags.isOn(name, user)));
  return users.filter((_, index) => on[index]);
}

export function flagScenes(): Scenes {
  const open = (options: Partial<FeatureFlagsOptions> = {}) => {
    const clock = new FakeClock();
    const cache = new Cache<string, FlagRule>({ clock });
    return { clock, cache, flags: new FeatureFlags({ cache, ...options }) };
  };

  return scenes((group, scene) => {
    group("feature flags", () => {
      scene("are off where there are none, or they say so", async () => {
        const { flags } = open();
        same(
          [await flags.isOn("a"), await flags.isOn("a", "ada"), await flags.get("a")],
          [false, false, undefined],
        );
        await flags.set("a", { on: false, users: ["ada"], percent: 100 });
        identical(await flags.isOn("a", "ada"), false);
        await flags.set("a", { on: true });
        same([await flags.isOn("a"), await flags.isOn("a", "ada")], [true, true]);
        await flags.remove("a");
        identical(await flags.isOn("a"), false);
      });

      scene("know some by name", async () => {
        const { flags } = open();
        await flags.set("a", { on: true, percent: 0, users: ["ada", "eve"], except: ["eve"] });
        same(
          [await flags.isOn("a", "ada"), await flags.isOn("a", "eve"), await flags.isOn("a", "bob")],
          [true, false, false],
        );
        await flags.set("a", { on: true, percent: 99.99 });
        identical(await flags.isOn("a"), false, "nobody in particular");
        await flags.set("a", { on: true, except: ["eve"] });
        same([await flags.isOn("a", "eve"), await flags.isOn("a", "bob")], [false, true]);
      });

      scene("are on for about the part that is said, and the same people as it grows", async () => {
        const { flags } = open();
        let before: string[] = [];
        for (const percent of [0, 0.5, 10, 50, 99, 100]) {
          await flags.set("a", { on: true, percent });
          const now = await inOf(flags, "a");
          const off = users.length * 0.03;
          between(now.length, (users.length * percent) / 100 - off, (users.length * percent) / 100 + off);
          same(
            before.filter((user) => !now.includes(user)),
            [],
            `fell out at ${percent} %`,
          );
          before = now;
        }
        identical(before.length, users.length);
        await flags.set("a", { on: true, percent: 0 });
        identical((await inOf(flags, "a")).length, 0);
      });

      scene("draw by themselves, and for ever the same", async () => {
        const { flags } = open();
        await flags.set("a", { on: true, percent: 50 });
        await flags.set("b", { on: true, percent: 50 });
        const [a, b] = [await inOf(flags, "a"), new Set(await inOf(flags, "b"))];
        between(a.filter((user) => b.has(user)).length, users.length * 0.2, users.length * 0.3, "in both");
        // Published: whoever changes the hash draws everybody anew.
        same(await Promise.all(["ada", "bob", "eve", "é", ""].map((user) => flags.isOn("a", user))), [
          EXPECTED.ada,
          EXPECTED.bob,
          EXPECTED.eve,
          EXPECTED.é,
          EXPECTED[""],
        ]);
      });

      scene("come from the source where there is one", async () => {
        let rule: FlagRule | undefined = { on: true };
        const { flags, clock } = open({ load: async () => rule, ttl: "10s" });
        identical(await flags.isOn("a"), true);
        rule = undefined;
        identical(await flags.isOn("a"), true, "as long as it is kept");
        clock.advance(10_000);
        identical(await flags.isOn("a"), false);
        rule = { on: true };
        await flags.remove("a");
        identical(await flags.isOn("a"), true, "loaded anew");
      });

      scene("refuse what is no rule, and no cache", async () => {
        const { flags } = open();
        for (const rule of [{}, { on: 1 }, { on: true, percent: 101 }, { on: true, users: "ada" }, null])
          await rejects(flags.set("a", rule as FlagRule), "InvalidArgumentError");
        for (const options of [{}, { cache: {} }, { cache: new Cache(), every: 1 }])
          throws(() => new FeatureFlags(options as FeatureFlagsOptions), "InvalidOptionError");
      });
    });
  });
}

const EXPECTED: Readonly<Record<string, boolean>> = { ada: true, bob: true, eve: false, é: false, "": false };
