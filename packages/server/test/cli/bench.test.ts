/** bench: reads answers however they are cut, sends the mix that it is told to, counts what went wrong, leaves nothing. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Responses } from "../../src/cli/bench/responses.js";
import { Requests } from "../../src/cli/bench/workload.js";
import { parseAddress } from "../../src/client/index.js";
import { answering, type Served, serve } from "./support.js";

const answer = (status: number, body = "") =>
  status === 204
    ? "HTTP/1.1 204 No Content\r\nx: y\r\n\r\n"
    : `HTTP/1.1 ${status} Any\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe("answers", () => {
  it("are found however they are cut", () => {
    const one = fc.record({
      status: fc.constantFrom(200, 204, 404, 503),
      body: fc.constantFrom("", "x", "\r\n\r\n", "y".repeat(99)),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 60 })),
        (answers, cuts) => {
          const found: number[] = [];
          const responses = new Responses((status) => found.push(status));
          let rest = Buffer.from(answers.map(({ status, body }) => answer(status, body)).join(""));
          for (const cut of cuts) {
            responses.push(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          responses.push(rest);
          expect(found).toEqual(answers.map(({ status }) => status));
        },
      ),
    );
  });

  it.each(["SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(20_000)])(
    "that are none are refused: %.9s",
    (text) => {
      expect(() => new Responses(() => {}).push(Buffer.from(text))).toThrow();
    },
  );
});

describe("requests", () => {
  it("are of the mix", () => {
    const address = parseAddress("http://[::1]:4000/base")!;
    const requests = new Requests(address, "token", { mix: { get: 3, incr: 1 }, keys: 2, valueBytes: 10 });
    const values = [0, 0.5, 0.74, 0.75, 0.99];
    const verbs = values.map((value) => requests.pick(() => value).verb);
    expect(verbs).toEqual(["get", "get", "get", "incr", "incr"]);
    expect(requests.of("get", 1).bytes.toString()).toBe(
      "GET /base/cache/get?key=stowage-bench%3A1 HTTP/1.1\r\nhost: [::1]:4000\r\nauthorization: Bearer token\r\n\r\n",
    );
    const body = '{"key":"stowage-bench:0","value":"xxxxxxxx"}';
    expect(requests.of("set", 0).bytes.toString()).toMatch(
      new RegExp(`content-length: ${body.length}\r\n\r\n${body}$`),
    );
  });
});

describe("bench", () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served[Symbol.asyncDispose]());

  const bench = (...more: string[]) =>
    served.run(["bench", "--duration", "150ms", "--connections", "4", "--keys", "50", ...more]);

  it("prints a table, and leaves nothing behind", async () => {
    served.server.table.set("mine", "1");
    const { code, out, err } = await bench("--mix", "get:2,miss:1,set:1,incr:1", "--pipeline", "3");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^http:\S+, [\d.]+ s, 4 connections, 50 keys\n +requests\/s +p50 +p99 +p99\.9 +max\n/,
    );
    for (const row of ["get", "miss", "set", "incr", "all"])
      expect(out).toMatch(new RegExp(`^${row} +[\\d,]+ `, "m"));
    expect([...served.server.table.keys()].map(String)).toEqual(["mine"]);
  });

  it("prints JSON, and keeps its entries if it is told so", async () => {
    const { out } = await bench("--json", "--keep", "--value-size", "1kb");
    const { requestsPerSecond, latencies, failures, byVerb } = JSON.parse(out);
    expect(requestsPerSecond).toBeGreaterThan(100);
    expect(latencies.p50).toBeLessThanOrEqual(latencies.p99);
    expect(failures).toEqual({});
    expect(Object.keys(byVerb)).toEqual(["get", "set"]);
    expect(byVerb.get.latencies.count).toBeGreaterThan(5 * byVerb.set.latencies.count);
    expect(served.server.table.getString("stowage-bench:7")?.length).toBe(1_024);
    served.server.table.clear();
  });

  it("shows how far it is on a terminal", async () => {
    const ran = await served.run(["bench", "--duration", "250ms", "--keys", "9"], { tty: true });
    expect(ran.err).toMatch(/\rmeasuring {2}█*░+ {2}\d+ %/);
  });

  it("counts answers that are none of success, and ends with 6", async () => {
    let count = 0;
    const { url, close } = await answering((request, response) => {
      request.resume();
      const status = ++count > 60 && count % 2 === 0 ? 503 : 200;
      response.writeHead(status, { "content-length": 2 }).end("{}");
    });
    const { code, out } = await served.run(
      ["bench", "--duration", "100ms", "--keys", "50", "--connections", "2", "--json"],
      {
        env: { STOWAGE_URL: url },
      },
    );
    expect(code).toBe(6);
    expect(JSON.parse(out).failures["503"]).toBeGreaterThan(0);
    await close();
  });
});
