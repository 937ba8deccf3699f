/** The published conformance suite, over every policy and option axis. */
import { cacheCases, cacheSuite } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { subjects } from "./axes.js";

for (const subject of subjects) cacheSuite(subject, { describe, it });

describe("the suite itself", () => {
  it("has no two cases of one name", () => {
    const names = cacheCases.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("skips what a subject cannot do, from its declaration alone", () => {
    const registered: string[] = [];
    const runner = {
      describe: (_name: string, body: () => void) => body(),
      it: (name: string) => void registered.push(name),
    };
    cacheSuite(
      {
        name: "can do next to nothing",
        create: () => expect.unreachable("no case was to run"),
        abilities: {},
      },
      runner,
    );
    expect(registered).toEqual(cacheCases.filter(({ needs }) => needs.length === 0).map(({ name }) => name));
    expect(registered.length).toBeGreaterThan(10);
  });
});
