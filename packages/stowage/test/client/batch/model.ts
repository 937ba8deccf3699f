/**
 * Random programs against a map that does everything at once, in the order of the calls. Requests are under way several at
 * a time, over a network that delivers them in any order: a server takes each as it comes. Whatever happens, each answer
 * has to be the map's.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { OperationResult } from "../../../src/client/wire/operation.js";
import {
  counterOperation,
  deleteOperation,
  getOperation,
  hasOperation,
  setOperation,
} from "../../../src/client/wire/operations.js";
import { settle } from "../../../src/testing/fake-clock.js";
import { World } from "./world.js";

type Step =
  | {
      readonly do: "call";
      readonly op: "get" | "has" | "set" | "delete" | "incr";
      readonly key: string;
      readonly value: number;
    }
  | { readonly do: "tick" }
  /** One of those under way is taken by the server; and one of those taken is answered. */
  | { readonly do: "arrive" | "answer"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number };

// biome-ignore lint/suspicious/noExplicitAny: an operation as it came
type Given = any;

function apply(map: Map<string, number>, { op, key, value }: Given): OperationResult {
  const found = map.get(key);
  if (op === "get") return found === undefined ? { found: false } : { value: found };
  if (op === "has") return { found: found !== undefined };
  if (op === "delete") return { deleted: map.delete(key) };
  const next = op === "incr" ? (found ?? 0) + 1 : value;
  map.set(key, next);
  return op === "incr" ? { value: next } : { stored: true };
}

const key = fc.constantFrom("a", "b", "__proto__", "");
const call = fc.record({
  do: fc.constant("call" as const),
  op: fc.constantFrom(
    "get" as const,
    "get" as const,
    "has" as const,
    "set" as const,
    "delete" as const,
    "incr" as const,
  ),
  key,
  value: fc.integer({ min: 0, max: 9 }),
});
const which = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: call },
  { weight: 2, arbitrary: fc.constant({ do: "tick" as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("arrive" as const, "answer" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 90, 200) }) },
);
const settings = fc.record({
  max: fc.constantFrom(1, 2, 1_000),
  maxBytes: fc.constantFrom(60, 1_000_000),
  concurrency: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
});

class Run {
  readonly world: World;
  readonly #calls: { readonly promise: Promise<OperationResult>; readonly expected: OperationResult }[] = [];
  readonly #model = new Map<string, number>();
  readonly #server = new Map<string, number>();
  readonly #arrived = new Map<number, OperationResult[]>();
  readonly #answered = new Set<number>();

  constructor(options: ConstructorParameters<typeof World>[0]) {
    this.world = new World({ ...options, timeoutMs: 1e9 });
  }

  async step(each: Step): Promise<void> {
    if (each.do === "call") this.#call(each);
    else if (each.do === "tick") await this.world.tick();
    else if (each.do === "wait") this.world.clock.advance(each.ms);
    else if (each.do === "arrive") this.#arrive(each.which);
    else await this.#answer(each.which);
  }

  async end(): Promise<void> {
    for (let rounds = 0; this.world.batcher.pending > 0; rounds++) {
      assert.ok(rounds < 1_000, "it does not come to an end");
      await this.world.tick();
      this.#arrive(rounds);
      await this.#answer(rounds);
    }
    for (const { promise, expected } of this.#calls) assert.deepEqual(await promise, expected);
    this.world.end();
  }

  #call({ op, key, value }: Extract<Step, { do: "call" }>): void {
    const operation =
      op === "get"
        ? getOperation("get", key)
        : op === "has"
          ? hasOperation(key)
          : op === "set"
            ? setOperation("set", key, value, {})
            : op === "delete"
              ? deleteOperation("delete", key)
              : counterOperation("incr", key, {});
    const expected = apply(this.#model, { op, key, value });
    this.#calls.push({ promise: this.world.batcher.operate(operation), expected });
  }

  #arrive(which: number): void {
    const open = [...this.world.sent.keys()].filter((at) => !this.#arrived.has(at));
    if (open.length === 0) return;
    const at = open[which % open.length];
    const { operations } = JSON.parse(this.world.sent[at].request.body as string) as { operations: Given[] };
    this.#arrived.set(
      at,
      operations.map((each) => apply(this.#server, each)),
    );
  }

  async #answer(which: number): Promise<void> {
    const open = [...this.#arrived.keys()].filter((at) => !this.#answered.has(at));
    if (open.length === 0) return;
    const at = open[which % open.length];
    this.#answered.add(at);
    await this.world.sent[at].answer(this.#arrived.get(at));
    await settle();
  }
}

export async function checkModel(numRuns: number, seed?: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 60 }), async (options, steps) => {
      const run = new Run(options);
      for (const each of steps) await run.step(each);
      await run.end();
    }),
    { numRuns, ...(seed !== undefined && { seed }) },
  );
}
