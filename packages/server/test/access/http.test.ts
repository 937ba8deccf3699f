/** Tokens, scopes, prefixes and rate limits over real sockets, and servers that are broken on purpose. */
import { describe, expect, it } from "vitest";
import { createAccess, createLimits, loadTokens } from "../../src/access/index.js";
import { loadConfig } from "../../src/config/index.js";
import { startAppServer } from "../support/app-server.js";
import { broken, type Edit } from "../support/mutants.js";
import * as scenes from "./scenes.js";

type Scenes = typeof scenes;

describe("access", () => {
  it("lets no stranger in, however the request is written", async () => {
    expect(await scenes.strangers()).toEqual([]);
  });

  it("tells people apart whose requests come over one connection", async () => {
    expect(await scenes.strangersBehindAProxy()).toEqual([]);
  });

  it("lets holders of tokens do what their scope and prefixes say, and no more", async () => {
    expect(await scenes.trespasses()).toEqual([]);
  });

  it("limits the rate of a token over all its connections, and says when to come back", async () => {
    expect(await scenes.hurry()).toEqual([
      "200 200",
      "200 429",
      "200 429",
      "200 200",
      "retry-after 1",
      "rate_limited",
    ]);
  });

  it("refuses in Lix's words", async () => {
    await using server = await startAppServer({ context: { access: accessOf("good") } });
    const get = async (headers: Record<string, string>) => {
      const answer = await fetch(`${server.url}/cache/get?key=a`, { headers });
      return [answer.status, await answer.text(), answer.headers.get("www-authenticate")];
    };
    const missing = '{"error":"Unauthorized","message":"Missing or invalid Authorization header"}';
    expect(await get({})).toEqual([401, missing, "Bearer"]);
    expect(await get({ authorization: "Basic good" })).toEqual([401, missing, "Bearer"]);
    const wrong = '{"error":"Unauthorized","message":"Invalid API key"}';
    expect(await get({ authorization: "Bearer bad" })).toEqual([401, wrong, "Bearer"]);
    expect(await get({ authorization: "bearer good" })).toEqual([404, '{"error":"not found"}', null]);
  });

  it("forgets what connections remember when tokens are loaded anew", async () => {
    const access = accessOf("old");
    await using server = await startAppServer({ context: { access } });
    const get = async (token: string) =>
      (await fetch(`${server.url}/cache/get?key=a`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await get("old")).toBe(404);
    access.load(tokensOf("new"));
    expect([await get("old"), await get("old"), await get("new")]).toEqual([401, 401, 404]);
  });
});

describe("the attempts are tested", () => {
  const mutants: [what: string, scene: keyof Scenes, edit: Edit][] = [
    [
      "everybody is let in",
      "strangers",
      {
        file: "access/access.ts",
        find: "if (!this.#on) return everybody;",
        replace: "if (this.#on) return everybody;",
      },
    ],
    [
      "the last of two headers counts",
      "strangers",
      {
        file: "access/bearer.ts",
        find: "authorization.slice(lead.length)",
        replace: 'authorization.slice(authorization.lastIndexOf(" ") + 1)',
      },
    ],
    [
      "routes are looked for without regard to case",
      "strangers",
      {
        file: "http/app.ts",
        find: 'if (route?.scope === "open") return null;',
        replace: "if (/^\\/(health|ready)/i.test(caller.exchange.path)) return null;",
      },
    ],
    [
      "what the connection remembers is not asked again",
      "strangersBehindAProxy",
      { file: "http/app.ts", find: "if (!head.sameFields) caller.credentials.current = false;", replace: "" },
    ],
    [
      "a prefix may stand anywhere",
      "trespasses",
      { file: "access/types.ts", find: "key.startsWith(prefix)", replace: "key.includes(prefix)" },
    ],
    [
      "a key may be the beginning of a prefix",
      "trespasses",
      {
        file: "access/types.ts",
        find: "key.startsWith(prefix)",
        replace: "key.startsWith(prefix) || prefix.startsWith(key)",
      },
    ],
    [
      "prefixes are compared without regard to case",
      "trespasses",
      {
        file: "access/types.ts",
        find: "key.startsWith(prefix)",
        replace: "key.toLowerCase().startsWith(prefix)",
      },
    ],
    [
      "prefixes are compared in their normal form",
      "trespasses",
      {
        file: "access/types.ts",
        find: "key.startsWith(prefix)",
        replace: 'key.normalize("NFKC").startsWith(prefix)',
      },
    ],
    [
      "scopes are all the same",
      "trespasses",
      { file: "access/types.ts", find: "write: 1, admin: 2", replace: "write: 0, admin: 0" },
    ],
  ];
  for (const [what, scene, edit] of mutants)
    it(what, async () => {
      const module = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), edit);
      expect(await module[scene]()).not.toEqual([]);
    });

  it("a limit that each connection has for itself", async () => {
    const edit: Edit = {
      file: "access/limiter.ts",
      find: "due + intervalNs) === seen",
      replace: "due) === seen",
    };
    const module = await broken<Scenes>(new URL("./scenes.ts", import.meta.url), edit);
    expect(await module.hurry()).not.toEqual(await scenes.hurry());
  });
});

function tokensOf(token: string) {
  return loadTokens(loadConfig({ args: ["--tokens", token], env: {} }).config);
}

function accessOf(token: string) {
  return createAccess(tokensOf(token), createLimits(), () => 0);
}
