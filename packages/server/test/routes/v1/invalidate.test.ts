/** POST /v1/invalidate: what is named is gone, with all that was said wrong nothing is. */
import { describe, expect, it } from "vitest";
import type { Access, Principal } from "../../../src/access/types.js";
import { JSON_POST, withServer } from "./support.js";

describe("POST /v1/invalidate", () => {
  it("removes keys, a prefix and tags, and counts them", () =>
    withServer(async ({ post, put, server: { table } }) => {
      for (const key of ["a", "b", "user:1", "user:2", "users", "c"]) await put(key, "1");
      await put("t", "1", { "stowage-tags": "x" });
      const answer = await post("/v1/invalidate", {
        keys: ["a", "b", "absent", "a"],
        prefix: "user:",
        tags: ["x", "y", "x"],
      });
      expect([answer.status, answer.json]).toEqual([200, { keys: 2, prefix: 2, tags: 2 }]);
      table.purge();
      expect([...table.keys()].map(String).sort()).toEqual(["c", "users"]);
    }));

  it("removes more than fits into one turn", () =>
    withServer(async ({ post, server: { table } }) => {
      for (let n = 0; n < 5_000; n++) table.set(n % 2 === 0 ? `even:${n}` : `odd:${n}`, "1");
      const keys = Array.from({ length: 2_000 }, (_, n) => `odd:${n}`);
      expect((await post("/v1/invalidate", { prefix: "even:", keys })).json).toEqual({
        keys: 1_000,
        prefix: 2_500,
        tags: 0,
      });
      expect(table.size()).toBe(1_500);
    }));

  it("serves others meanwhile", () =>
    withServer(
      async ({ post, get, server: { table } }) => {
        for (let n = 0; n < 60_000; n++) table.set(`key:${n}`, "1");
        table.set("other", "1");
        let done = false;
        const removed = post("/v1/invalidate", { prefix: "key:" }).then((answer) => {
          done = true;
          return answer;
        });
        let served = 0;
        for (; !done; served++) expect((await get("other")).status).toBe(200);
        expect((await removed).json.prefix).toBe(60_000);
        expect(served).toBeGreaterThan(3);
      },
      { table: { memory: "32mb" } },
    ));

  const wrong: [what: string, body: string, said: RegExp][] = [
    ["nothing", "", /must name keys, a prefix or tags/],
    ["an empty object", "{}", /must name keys, a prefix or tags/],
    ["a text of keys", '{"keys":"a"}', /^keys must be an array of strings, not "a"/],
    ["a key that is a number", '{"keys":["a",5]}', /^keys\[1\] must be a string, not 5/],
    ["a tag that is null", '{"keys":["a"],"tags":[null]}', /^tags\[0\] must be a string, not null/],
    ["a prefix that is an object", '{"keys":["a"],"prefix":{}}', /^prefix must be a string, not an object/],
    ["an empty prefix", '{"keys":["a"],"prefix":""}', /^prefix .*\/cache\/clear/],
    ["a misspelt field", '{"keys":["a"],"tag":["x"]}', /no field "tag"; there are keys, prefix, tags/],
    ["a text", '"a"', /^the body must be a JSON object/],
    ["no JSON", '{"keys":["a"]', /JSON/],
  ];
  for (const [what, body, said] of wrong)
    it(`refuses ${what}, and removes nothing`, () =>
      withServer(async ({ ask, server: { table } }) => {
        table.set("a", "1");
        const { status, json } = await ask("/v1/invalidate", { ...JSON_POST, body });
        expect([status, json.error]).toEqual([400, expect.stringMatching(said)]);
        expect(table.size()).toBe(1);
      }));

  it("keeps tokens to their prefixes, and tags from them", async () => {
    const principal = (scope: Principal["scope"]): Access => ({
      on: true,
      generation: 1,
      identify: () => ({ name: "t", scope, prefixes: ["a:", "b:"] }),
      admit: () => 0,
    });
    const cases: [scope: Principal["scope"], body: object, status: number, code?: string][] = [
      ["write", { keys: ["a:1", "b:1"], prefix: "a:1" }, 200],
      ["write", { keys: ["a:1", "c:1"] }, 403, "forbidden_key"],
      ["write", { prefix: "c" }, 403, "forbidden_key"],
      ["write", { prefix: "a" }, 403, "forbidden_key"],
      ["write", { keys: ["a:1"], tags: ["x"] }, 403, "forbidden_tags"],
      ["admin", { tags: ["x"] }, 200],
      ["read", { keys: ["a:1"] }, 403],
    ];
    for (const [scope, body, status, code] of cases)
      await withServer(
        async ({ post, server: { table } }) => {
          for (const key of ["a:1", "c:1"]) table.set(key, "1");
          const answer = await post("/v1/invalidate", body);
          expect([body, answer.status]).toEqual([body, status]);
          if (code !== undefined) expect(answer.json.code).toBe(code);
          if (status !== 200) expect(table.size()).toBe(2);
        },
        { context: { access: principal(scope) } },
      );
  });
});
