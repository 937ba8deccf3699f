/** The OpenAPI document is sound, is about the routes that there are, and what the server does agrees with it. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { FakeClock } from "stowage/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { sharedNow } from "../../src/observe/clock.js";
import { createFleet } from "../../src/observe/fleet.js";
import { createFleetMemory, setState } from "../../src/observe/memory.js";
import { document } from "../../src/openapi/document.js";
import { routes } from "../../src/routes/index.js";
import { follow } from "../routes/v1/follower.js";
import { type Asked, type Client, withServer } from "../routes/v1/support.js";
import { Conformance } from "./conformance.js";
import { access, sendAll, sendWithTokens } from "./traffic.js";

/** The client, with all that it sends held against the document. */
function held(client: Client, conformance: Conformance): Client {
  const ask = async (path: string, asked: Asked = {}) => {
    const answer = await client.ask(path, asked);
    conformance.check({
      method: asked.method ?? "GET",
      path,
      headers: asked.headers ?? {},
      ...(asked.body !== undefined && { body: asked.body }),
      status: answer.status,
      answered: answer.headers,
      content: answer.body,
    });
    return answer;
  };
  return { ...client, ask };
}

describe("the document", () => {
  it("is OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as Record<string, unknown>)).toMatchObject({
      valid: true,
    });
    expect(validator.version).toBe("3.1");
  });

  it("is about every route, and no other", () => {
    const documented = new Conformance(document)
      .operations()
      .map(({ method, path, operation }) => `${method} ${path} ${operation.operationId}`);
    expect(documented.sort()).toEqual(
      routes.map(({ method, path, name }) => `${method} ${path} ${name}`).sort(),
    );
  });

  it("asks for a token where the route does", () => {
    for (const { path, method, operation } of new Conformance(document).operations()) {
      const route = routes.find((each) => each.path === path && each.method === method);
      expect([path, operation.security]).toEqual([path, route?.scope === "open" ? [] : undefined]);
    }
  });

  it("is what is served", () =>
    withServer(async ({ ask }) => {
      const { headers, json } = await ask("/openapi.json");
      expect(headers["content-type"]).toBe("application/json");
      expect(json).toEqual(JSON.parse(JSON.stringify(document)));
    }));

  it("names nothing that nobody uses", () => {
    const text = JSON.stringify(document);
    const { components } = document as { components: Record<string, object> };
    for (const kind of ["parameters", "headers", "responses", "schemas"])
      for (const name of Object.keys(components[kind]))
        expect(text).toContain(`"#/components/${kind}/${name}"`);
  });
});

describe("what the server does", () => {
  const conformance = new Conformance(document);

  beforeAll(async () => {
    const clock = new FakeClock();
    const memory = createFleetMemory(1, routes, sharedNow);
    const args = ["--max-body", "8kb"];
    await withServer((client) => sendAll(held(client, conformance), (ms) => clock.advance(ms)), {
      clock,
      args,
    });
    await withServer((client) => sendWithTokens(held(client, conformance)), { context: { access } });
    await withServer(
      async (client) => {
        const sure = held(client, conformance);
        const value = "x".repeat(100_000);
        for (let n = 0; n < 20; n++) await sure.ask(`/v1/keys/${n}`, { method: "PUT", body: value });
        const body = JSON.stringify({ key: "k", value });
        await sure.ask("/cache/set", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        setState(memory, "ready");
        await sure.ask("/ready");
      },
      {
        table: { memory: "1mb", evict: false, maxValueSize: 120_000 },
        context: { fleet: createFleet(memory, sharedNow) },
      },
    );
  });

  it("streams as the document says", () =>
    withServer(async ({ server }) => {
      await using follower = await follow(`${server.url}/v1/changes?prefix=a`, { "last-event-id": "5" });
      const { statusCode, headers } = follower.response;
      const asked = { method: "GET", path: "/v1/changes?prefix=a", headers: { "last-event-id": "5" } };
      conformance.check({
        ...asked,
        status: statusCode as number,
        answered: headers,
        content: "retry: 1000",
      });
    }));

  it("agrees with the document", () => expect(conformance.problems).toEqual([]));

  it("is all that the document says it does", () => {
    // Faults that go with all operations are seen at some of them.
    const common = /(400|401|403|413|415|429|503|default)$/;
    const unseen = conformance.all().filter((each) => !conformance.seen.has(each));
    expect(unseen.filter((each) => !common.test(each))).toEqual([]);
    const kinds = new Set([...conformance.seen].map((each) => each.split(" ")[1]));
    expect([...kinds].sort()).toEqual([
      "200",
      "201",
      "202",
      "204",
      "304",
      "400",
      "401",
      "403",
      "404",
      "409",
      "412",
      "413",
      "415",
      "429",
      "503",
      "507",
    ]);
  });
});

describe("the check itself finds", () => {
  const seen = (change: object) => {
    const conformance = new Conformance(document);
    conformance.check({
      method: "GET",
      path: "/cache/get?key=a",
      headers: {},
      status: 200,
      answered: { "content-type": "application/json; charset=utf-8" },
      content: '{"value":1}',
      ...change,
    });
    return conformance.problems.length;
  };
  const cases: [what: string, change: object, problems: number][] = [
    ["nothing wrong", {}, 0],
    ["a member too many", { content: '{"value":1,"ttl":5}' }, 1],
    ["a member that is missing", { content: "{}" }, 1],
    ["a status that is not documented", { status: 202 }, 1],
    ["a type that is not documented", { answered: { "content-type": "text/plain" } }, 1],
    [
      "a header that is not documented",
      { answered: { "content-type": "application/json", "stowage-ttl": "1" } },
      1,
    ],
    [
      "a header of another form",
      { answered: { "content-type": "application/json", "x-request-id": "short" } },
      1,
    ],
    ["a parameter that is missing", { path: "/cache/get" }, 1],
    ["a parameter that is not documented", { path: "/cache/get?key=a&b=c" }, 1],
    ["a body that is not documented", { body: "x" }, 1],
    ["a fault of another form", { status: 400, content: '{"message":"x"}' }, 1],
    ["a path that is not documented", { path: "/cache/got" }, 1],
  ];
  for (const [what, change, problems] of cases) it(what, () => expect(seen(change)).toBe(problems));
});
