/**
 * Any sequence of requests gives the answers that a Map gives: fast-check makes up requests over few keys, hostile ones,
 * and time goes on as the test says. The model shares no code with the server.
 */
import fc from "fast-check";
import { FakeClock } from "stowage/testing";
import { expect, it } from "vitest";
import { type AppServer, startAppServer } from "../../support/app-server.js";
import { RawClient } from "../../support/raw-client.js";

interface Held {
  text: string;
  until: number;
}

/** What a cache is: texts of JSON by key, until they end. */
class Model {
  readonly #held = new Map<string, Held>();
  time = 0;

  get(key: string): string | undefined {
    const held = this.#held.get(key);
    return held !== undefined && held.until > this.time ? held.text : undefined;
  }

  set(key: string, text: string, ttl: number | undefined): void {
    const until = ttl !== undefined && ttl > 0 ? this.time + ttl * 1_000 : Number.POSITIVE_INFINITY;
    this.#held.set(key, { text, until });
  }

  delete(key: string): void {
    this.#held.delete(key);
  }

  /** Undefined: it is no number. */
  add(key: string, amount: number): string | undefined {
    const text = this.get(key);
    if (text !== undefined && !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
    const sum = String(Number(text ?? 0) + amount);
    if (text === undefined) this.set(key, sum, undefined);
    else (this.#held.get(key) as Held).text = sum;
    return sum;
  }

  list(prefix: string): [string, string][] {
    const live = [...this.#held].filter(([key, { until }]) => key.startsWith(prefix) && until > this.time);
    return live.map(([key, { text }]): [string, string] => [key, text]).sort();
  }

  clear(): void {
    this.#held.clear();
  }
}

const key = fc.constantFrom("", "a", "a:1", "a:2", "__proto__", "ü\0", "+ %&=", '"\\');
const value = fc.constantFrom("1", "2.5", "-7", '"text"', "[1, 2]", '{"a":{}}', "null", "true");
const ttl = fc.constantFrom(undefined, 0, 1, 2.5);
const amount = fc.constantFrom(1, 2, -3, 0.5);
const operation = fc.oneof(
  fc.record({ op: fc.constant("get" as const), key }),
  fc.record({ op: fc.constant("delete" as const), key }),
  fc.record({ op: fc.constant("set" as const), key, value, ttl }),
  fc.record({ op: fc.constantFrom("incr" as const, "decr" as const), key, amount }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("one" as const), operation }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("batch" as const),
      operations: fc.array(operation, { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("scan" as const),
      prefix: fc.constantFrom("", "a", "a:", "ü", "*"),
      keysOnly: fc.boolean(),
      limit: fc.constantFrom(undefined, 1, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 999, 1_000, 1_500) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "clear" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The operation as JSON, its value as the text that it is. */
function textOf(one: Operation, op = `"op":"${one.op}",`): string {
  const more =
    one.op === "set"
      ? `,"value":${one.value}${one.ttl === undefined ? "" : `,"ttl":${one.ttl}`}`
      : "amount" in one
        ? `,"amount":${one.amount}`
        : "";
  return `{${op}"key":${JSON.stringify(one.key)}${more}}`;
}

/** What the result of an operation is, in a batch. */
function resultOf(model: Model, one: Operation): string | RegExp {
  const quoted = JSON.stringify(one.key);
  const begin = `{"op":"${one.op}","key":${quoted}`;
  if (one.op === "get") {
    const text = model.get(one.key);
    return `${begin},"value":${text ?? "null"},"found":${text !== undefined}}`;
  }
  if (one.op === "set") model.set(one.key, one.value, one.ttl);
  else if (one.op === "delete") model.delete(one.key);
  else {
    const sum = model.add(one.key, one.op === "incr" ? one.amount : -one.amount);
    return sum === undefined ? `${begin},"error":"non_numeric_value"` : `${begin},"value":${sum}}`;
  }
  return `${begin},"success":true}`;
}

class Run {
  readonly model = new Model();

  constructor(
    readonly server: AppServer,
    readonly client: RawClient,
    readonly clock: FakeClock,
  ) {}

  async step(step: Step): Promise<void> {
    if (step.kind === "wait") {
      this.clock.advance(step.ms);
      this.model.time += step.ms;
    } else if (step.kind === "clear") {
      expect(await this.#post("clear", "{}")).toMatch(/^200 \{"success":true,"cleared":\d+\}$/);
      this.model.clear();
    } else if (step.kind === "one") await this.#one(step.operation);
    else if (step.kind === "batch") await this.#batch(step.operations);
    else await this.#scan(step.prefix, step.keysOnly, step.limit);
  }

  async #one(one: Operation): Promise<void> {
    const query = `?key=${encodeURIComponent(one.key)}`;
    if (one.op === "get") {
      const text = this.model.get(one.key);
      const expected = text === undefined ? '404 {"error":"not found"}' : `200 {"value":${text}}`;
      expect(await this.#ask("GET", `/cache/get${query}`)).toBe(expected);
    } else if (one.op === "delete") {
      this.model.delete(one.key);
      expect(await this.#ask("DELETE", `/cache/delete${query}`)).toBe('200 {"success":true}');
    } else if (one.op === "set") {
      this.model.set(one.key, one.value, one.ttl);
      expect(await this.#post("set", textOf(one, ""))).toBe('200 {"success":true}');
    } else {
      const sum = this.model.add(one.key, one.op === "incr" ? one.amount : -one.amount);
      const answer = await this.#post(one.op, textOf(one, ""));
      if (sum === undefined) expect(answer).toMatch(/^400 \{"error":"non_numeric_value"/);
      else expect(answer).toBe(`200 {"value":${sum}}`);
    }
  }

  async #batch(operations: readonly Operation[]): Promise<void> {
    const answer = await this.#post(
      "batch",
      `{"operations":[${operations.map((one) => textOf(one)).join()}]}`,
    );
    const results = operations.map((one) => resultOf(this.model, one));
    const said = answer.replaceAll(/(non_numeric_value"),"message":"[^"]*"\}/g, "$1");
    expect(said).toBe(`200 {"results":[${results.join()}]}`);
  }

  async #scan(prefix: string, keysOnly: boolean, limit: number | undefined): Promise<void> {
    const found: [string, string][] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more: string = limit === undefined ? "" : `&limit=${limit}&cursor=${cursor}`;
      const answer = await this.#ask(
        "GET",
        `/cache/scan?prefix=${encodeURIComponent(prefix)}&keys_only=${keysOnly}${more}`,
      );
      const page = JSON.parse(answer.slice(4));
      const list: { key: string; value: unknown }[] =
        page.items ?? page.keys.map((each: string) => ({ key: each }));
      expect(page.count).toBe(list.length);
      for (const each of list) found.push([each.key, JSON.stringify(each.value)]);
      cursor = limit === undefined ? null : page.cursor;
    }
    const expected = this.model
      .list(prefix)
      .map(([name, text]) => [name, keysOnly ? undefined : JSON.stringify(JSON.parse(text))]);
    expect(found.sort()).toEqual(expected);
  }

  #post(verb: string, body: string): Promise<string> {
    return this.#ask("POST", `/cache/${verb}`, body);
  }

  async #ask(method: string, path: string, body?: string): Promise<string> {
    const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const { status, text } = await this.client.ask(method, path, {
      headers,
      ...(body !== undefined && { body }),
    });
    return `${status} ${text}`;
  }
}

it("answers as a Map does", async () => {
  const clock = new FakeClock();
  await using server = await startAppServer({ clock });
  await using client = await RawClient.connect(server.port);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      server.table.clear();
      const run = new Run(server, client, clock);
      for (const each of steps) await run.step(each);
      server.table.verify();
    }),
    { numRuns: 150 },
  );
});
