/** POST /v1/batch: case by case through a socket, what needs more than a table, and any sequence against a model. */
import pino from "pino";
import { describe, expect, it } from "vitest";
import { startServer } from "../../../src/index.js";
import { startAppServer } from "../../support/app-server.js";
import { RawClient } from "../../support/raw-client.js";
import { contract } from "../cache/scenes.js";
import { batchCases } from "./batch-cases.js";
import { checkBatches } from "./batch-model.js";
import * as scenes from "./batch-scenes.js";
import { until, withServer } from "./support.js";

describe("POST /v1/batch", async () => {
  const outcomes = await contract(batchCases);
  it("has cases of different names", () => expect(outcomes.size).toBe(batchCases.length));
  for (const { name } of batchCases) it(name.slice(0, 100), () => expect(outcomes.get(name)).toEqual([]));

  it("compares and sets", () => scenes.comparesAndSets());
  it("takes what is stale for absent", () => scenes.conditionsSeeNothingStale());
  it("keeps batches apart", () => scenes.keepsApart());
  it("counts reads of values only", () => scenes.looksDoNotCount());
  it("agrees with the model", () => checkBatches(300));

  it("gives entries the server's time to live, if nothing else is said", () =>
    withServer(
      async (client) => {
        const answers = await scenes.results(
          client,
          { op: "set", key: "a", value: 1 },
          { op: "set", key: "b", value: 1, grace: "5s" },
          { op: "set", key: "c", value: 1, ttl: null },
          { op: "set", key: "d", value: 1, ifAbsent: true },
          ...["a", "b", "c", "d"].map((key) => ({ op: "ttl", key })),
        );
        expect(answers.slice(4).map(({ ttl }) => ttl && Math.ceil(ttl / 1_000))).toEqual([60, 60, null, 60]);
      },
      { args: ["--ttl", "1m"] },
    ));

  it("refuses values that are too long, one at a time where only the table knows", () =>
    withServer(
      async (client) => {
        const set = (length: number, more: object = {}) => ({
          op: "set",
          key: "k",
          value: "x".repeat(length - 2),
          ...more,
        });
        const { status, json } = await client.post("/v1/batch", { operations: [set(10), set(1_025)] });
        expect([status, json.code, json.index]).toEqual([413, "value_too_large", 1]);
        const [grace, plain] = await scenes.results(client, set(1_024, { ttl: 1, grace: 1 }), set(1_024));
        expect([grace.code, plain.stored]).toEqual(["value_too_large", true]);
      },
      { args: ["--max-value", "1kb"] },
    ));

  it("says that the table is full at the operations that it is full for", () =>
    withServer(
      async (client) => {
        const value = "x".repeat(100_000);
        const sets = Array.from({ length: 20 }, (_, n) => ({ op: "set", key: `${n}`, value }));
        const answers = await scenes.results(client, ...sets, { op: "has", key: "0" });
        expect(answers.filter(({ code }) => code === "table_full").length).toBeGreaterThan(5);
        expect(answers.at(-1)).toEqual({ found: true });
      },
      { table: { memory: "1mb", evict: false, maxValueSize: 120_000 } },
    ));

  it("loses no write among many, in several threads", async () => {
    const log = pino({ level: "silent" });
    await using server = await startServer({ port: 0, workers: 2, memory: "16mb" }, { log });
    await scenes.losesNoWrite(async (operation) => {
      const answer = await fetch(`${server.url}/v1/batch`, {
        method: "POST",
        headers: { "content-type": "application/json", connection: "close" },
        body: JSON.stringify({ operations: [operation] }),
      });
      return ((await answer.json()) as { results: object[] }).results[0];
    });
  });

  it("is done to its end, also if nobody listens any more", async () => {
    await using server = await startAppServer({ table: { memory: "64mb" } });
    server.table.set("long", JSON.stringify("v".repeat(10_000)));
    const gets = Array.from({ length: 9_000 }, () => ({ op: "get", key: "long" }));
    const last = { op: "set", key: "last", value: 1, ttl: "1h", tags: ["t"] };
    const body = JSON.stringify({ operations: [...gets, last] });
    const client = await RawClient.connect(server.port);
    client.pause();
    client.send(
      `POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await using other = await RawClient.connect(server.port);
    const between = JSON.stringify({ operations: [{ op: "set", key: "other", value: 2, ttl: 5 }] });
    await other.ask("POST", "/v1/batch", { headers: { "content-type": "application/json" }, body: between });
    expect(server.table.has("last")).toBe(false);
    client.close();
    await until(() => server.table.has("last"), "the batch is done");
    expect(server.table.ttl("last")).toBeGreaterThan(3_000_000);
  });
});
