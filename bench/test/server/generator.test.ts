/**
 * The load generator against servers of this process: it asks what it is told to, finds the ends of answers however they
 * come, and counts no wrong answer as one. What it takes is not looked at: figures are for benchmarks.
 */
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zipfSequence } from "../../src/harness/zipf.js";
import { compileGenerator, type Generator } from "../../src/server/generator.js";
import {
  digitsIn,
  type FakeServer,
  fakeServer,
  getPlan,
  httpAnswer,
  type Send,
  Workshop,
} from "./support.js";

const workshop = new Workshop();
let program = "";
let generator: Generator;

beforeAll(() => {
  program = workshop.program();
  generator = workshop.generator(program);
});
afterAll(() => workshop[Symbol.dispose]());

const firstItems = (count: number) => workshop.sequence(Array.from({ length: count }, (_, item) => item));
const echo = (request: string) => httpAnswer(`v${digitsIn(request)}`);

describe("requests", () => {
  it("ask for the items of the sequence in its order, once each, and then from the beginning", async () => {
    await using server = await fakeServer(echo);
    const sequence = workshop.sequence([7, 1_234_567, 0, 99_999_999]);
    await generator.run(getPlan(server.port, sequence, { connections: 1, requests: 6 }));
    const items = server.requests.map((request) => Number(digitsIn(request)));
    expect(items).toEqual([7, 1_234_567, 0, 99_999_999, 7, 1_234_567]);
  });

  it("take several keys, and name one again where they say so", async () => {
    await using server = await fakeServer((request) => `${request.replaceAll("k", "v")}\n`, { end: "\n" });
    const sequence = workshop.sequence([1, 2, 3, 4]);
    const text = "k\x01=\x02 k\x01=\x02\n";
    const operations = [{ weight: 1, request: text, answer: text.replaceAll("k", "v") }];
    await generator.run({
      ...getPlan(server.port, sequence, { connections: 1, requests: 2, operations }),
      protocol: "memcached",
    });
    const key = (item: number) => String(item).padStart(15, "0");
    const pair = (item: number) => `k${key(item)}=${key(item)}`;
    expect(server.requests).toEqual([`${pair(1)} ${pair(2)}`, `${pair(3)} ${pair(4)}`]);
  });

  it("are chosen by their weights", async () => {
    await using server = await fakeServer((request) => httpAnswer(request.startsWith("PUT") ? "put" : "got"));
    const operations = [
      { weight: 95, request: "GET / HTTP/1.1\r\n\r\n", answer: "got", status: 200 },
      { weight: 5, request: "PUT / HTTP/1.1\r\n\r\n", answer: "put", status: 200 },
    ];
    await generator.run(getPlan(server.port, firstItems(1), { requests: 20_000, depth: 16, operations }));
    const puts = server.requests.filter((request) => request.startsWith("PUT")).length;
    expect(puts / server.requests.length).toBeCloseTo(0.05, 2);
  });

  it("follow Zipf's law where the sequence does", async () => {
    await using server = await fakeServer(echo);
    const sequence = workshop.sequence(zipfSequence({ items: 100, draws: 2 ** 14, skew: 0.99, seed: 1 }));
    await generator.run(getPlan(server.port, sequence, { requests: 2 ** 14, depth: 16 }));
    const counts = new Map<string, number>();
    for (const request of server.requests) counts.set(request, (counts.get(request) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    expect(sorted[9] / sorted[0]).toBeCloseTo(10 ** -0.99, 1);
  });

  it("wait in line as deep as the plan says, on as many connections", async () => {
    const open = new Set<number | undefined>();
    let deepest = 0;
    let held: { socket: number | undefined; text: string }[] = [];
    const send: Send = (socket, text) => {
      open.add(socket.remotePort);
      held.push({ socket: socket.remotePort, text });
      deepest = Math.max(deepest, text.split("HTTP/1.1 200").length - 1);
      held = [];
      socket.write(text);
    };
    await using server = await fakeServer(echo, { send });
    await generator.run(getPlan(server.port, firstItems(9), { connections: 5, depth: 8, requests: 500 }));
    expect(open.size).toBe(5);
    expect(deepest).toBe(8);
  });

  it("that a socket does not take at once go out later", async () => {
    const bytes = 4_000_000;
    await using server = await fakeServer((request) => `${request.length}\n`, { end: "\n" });
    const request = `${"x".repeat(bytes)}\n`;
    const operations = [{ weight: 1, request, answer: `${bytes}\n` }];
    const plan = getPlan(server.port, firstItems(1), { connections: 2, requests: 6, operations });
    await generator.run({ ...plan, protocol: "memcached" });
    expect(server.requests).toHaveLength(6);
  });
});

describe("answers", () => {
  const pieces: [what: string, send: Send][] = [
    ["byte after byte", (socket, text) => inPieces(socket, text, () => 1)],
    ["in pieces of any size", (socket, text) => inPieces(socket, text, (at) => 1 + ((at * 7) % 29))],
    ["whole and together", (socket, text) => void socket.write(text)],
  ];

  it.each(pieces)("are found when they come %s", async (_what, send) => {
    await using server = await fakeServer(echo, { send });
    const { perSecond, latencyMs } = await generator.run(
      getPlan(server.port, firstItems(50), { connections: 2, depth: 3, requests: 40 }),
    );
    expect(server.requests).toHaveLength(40);
    expect(perSecond).toBeGreaterThan(0);
    expect(latencyMs.p50).toBeLessThanOrEqual(latencyMs.max);
  });

  it("are counted in the measured time only, and all checked", async () => {
    await using server = await fakeServer(echo);
    const times = { requests: undefined, warmupMs: 30, measuredMs: 60 };
    const { perSecond } = await generator.run(getPlan(server.port, firstItems(9), times));
    expect(perSecond * 0.06).toBeLessThan(server.requests.length);
  });
});

describe("what is no right answer", () => {
  const wrong: [
    what: string,
    answer: (request: string, count: number) => string | undefined,
    message: RegExp,
  ][] = [
    [
      "another status",
      (request) => httpAnswer(`v${digitsIn(request)}`, "500 Oops"),
      /200 wrong answers, the first: 500 v0/,
    ],
    [
      "another item's value",
      () => httpAnswer("v000000000000077"),
      /wrong answers, the first: 200 v000000000000077/,
    ],
    ["a longer value", (request) => httpAnswer(`v${digitsIn(request)}x`), /wrong answers/],
    [
      "one wrong of many",
      (request, count) => (count === 150 ? httpAnswer("no") : echo(request)),
      /^1 wrong answers, the first: 200 no$/,
    ],
    [
      "answers that nobody asked for",
      (request, count) => echo(request) + (count === 100 ? echo(request) : ""),
      /wrong answers/,
    ],
    [
      "no end that can be known",
      () => "HTTP/1.1 200 OK\r\n\r\n",
      /ends its connections again and again|wrong answers/,
    ],
    ["not HTTP at all", () => "+OK\r\n", /ends its connections again and again|wrong answers/],
    ["nothing", () => undefined, /no answer for 300 ms/],
  ];

  it.each(wrong)("is told: %s", async (_what, answer, message) => {
    await using server = await fakeServer(answer);
    const plan = getPlan(server.port, firstItems(50), { silenceMs: 300, requests: 200 });
    await expect(generator.run(plan)).rejects.toThrow(message);
  });

  it("is told: a connection that ends", async () => {
    const send: Send = (socket, text) =>
      void (server.requests.length === 50 ? socket.destroy() : socket.write(text));
    await using server: FakeServer = await fakeServer(echo, { send });
    await expect(generator.run(getPlan(server.port, firstItems(50)))).rejects.toThrow(
      /ended 1 connections, with 1 /,
    );
  });

  it("is told: nobody listens", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    await new Promise((resolve) => taken.close(resolve));
    await expect(generator.run(getPlan(port, firstItems(1)))).rejects.toThrow(/does not accept connection 1/);
  });
});

describe("broken generators are noticed by these tests", () => {
  const broken: [what: string, file: string, text: string, other: string][] = [
    [
      "content is not compared",
      "template.c",
      "return length == t->length && memcmp(bytes, t->text, length) == 0;",
      "return length == t->length;",
    ],
    ["the status is not compared", "load.c", "frame->status != operation->status", "frame->status == 0"],
    [
      "keys of answers are those of the next request",
      "load.c",
      "plan->sequence, request->from);",
      "plan->sequence, request->from + 1);",
    ],
    [
      "the rest of a cut answer is dropped",
      "load.c",
      "if (length > 0) bytes_append(&connection->received, bytes, length);",
      "",
    ],
  ];

  it.each(broken)("%s", async (what, file, text, other) => {
    const variant = workshop.generator(workshop.variant(file, text, other));
    const judged = [
      () =>
        accepts(variant, (request, count) =>
          count === 150 ? httpAnswer("v000000000000077") : echo(request),
        ),
      () => accepts(variant, (request) => httpAnswer(`v${digitsIn(request)}`, "500 Oops")),
      async () => !(await accepts(variant, echo, (socket, sent) => inPieces(socket, sent, () => 5))),
    ];
    const mistakes = await Promise.all(judged.map((judge) => judge()));
    expect(mistakes, what).toContain(true);
    expect(await accepts(generator, echo, (socket, sent) => inPieces(socket, sent, () => 5))).toBe(true);
  });
});

it("says which package has a compiler, where there is none", () => {
  const { PATH } = process.env;
  process.env.PATH = "";
  try {
    expect(() => compileGenerator(workshop.folder)).toThrow(/apt-get install gcc/);
  } finally {
    process.env.PATH = PATH;
  }
});

async function accepts(
  variant: Generator,
  answer: (request: string, count: number) => string,
  send?: Send,
): Promise<boolean> {
  await using server = await fakeServer(answer, { send });
  const plan = getPlan(server.port, firstItems(50), { silenceMs: 1_000 });
  return await variant.run(plan).then(
    () => true,
    () => false,
  );
}

async function inPieces(
  socket: Parameters<Send>[0],
  text: string,
  size: (at: number) => number,
): Promise<void> {
  for (let at = 0; at < text.length; ) {
    const next = at + size(at);
    socket.write(text.slice(at, next), "latin1");
    at = next;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
