/**
 * Any interleaving of calls, loads, writes and requests on their way, of several clients of one fake server:
 *
 *   - a value that was loaded before its key was written, deleted or invalidated is never stored after;
 *   - nobody gets what was loaded before a write that was done before he asked;
 *   - of a key, one load runs at a time in the whole fleet;
 *   - in the end every call has ended, and no lease, timer or load is left.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { commit, ignore } from "stowage";
import { settle } from "stowage/testing";
import { Fleet } from "./support/fleet.js";
import { Source, type SourceLoad } from "./support/source.js";

const KEYS = ["a", "b"] as const;
const CLIENTS = 3;

type Step =
  | { do: "fetch"; client: number; key: string; verb: "fetch" | "remember"; force: boolean; tagged: boolean }
  | { do: "write"; client: number; key: string; op: "set" | "delete" }
  | { do: "elsewhere"; key: string; what: "set" | "delete" | "tag" | "clear" }
  | { do: "deliver"; which: number }
  | { do: "answer"; which: number; with: "value" | "commit" | "ignore" | "nothing" | "error" }
  | { do: "give up"; which: number };

const key = fc.constantFrom(...KEYS);
const client = fc.nat(CLIENTS - 1);
const which = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("fetch" as const),
      client,
      key,
      verb: fc.constantFrom("fetch" as const, "remember" as const),
      force: fc.boolean().map((is) => is),
      tagged: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      client,
      key,
      op: fc.constantFrom("set" as const, "delete" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("elsewhere" as const),
      key,
      what: fc.constantFrom("set" as const, "delete" as const, "tag" as const, "clear" as const),
    }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("deliver" as const), which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      which,
      with: fc.constantFrom(
        "value" as const,
        "commit" as const,
        "ignore" as const,
        "nothing" as const,
        "error" as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("give up" as const), which }) },
);

/** A load, by the number that its value bears. */
interface Known {
  readonly load: SourceLoad;
  readonly from: number;
  readonly tagged: boolean;
  isOver: boolean;
}

class World {
  readonly fleet = new Fleet();
  readonly source = new Source();
  readonly loads: Known[] = [];
  readonly gates: (() => void)[] = [];
  readonly calls: { readonly promise: Promise<unknown>; readonly abort: AbortController }[] = [];
  readonly problems: string[] = [];
  /** Counts whatever happens. */
  #moment = 0;
  /** When a key was last written or invalidated at the server. */
  readonly #changed = new Map<string, number>();
  #tagAt = 0;

  constructor() {
    const { fleet } = this;
    for (let n = 0; n < CLIENTS; n++) fleet.client({ fetch: { negativeTtl: 5_000 } });
    fleet.way = (to) => (to === "there" ? new Promise((resolve) => this.gates.push(resolve)) : undefined);
    const fill = fleet.server.fill.bind(fleet.server);
    fleet.server.fill = (name, text, fields) => {
      const answer = fill(name, text, fields);
      if (answer.status === 201)
        this.#judgeFill(name, JSON.parse(text), fields["stowage-tags"] !== undefined);
      return answer;
    };
  }

  run(step: Step): void {
    const { fleet } = this;
    this.#moment++;
    if (step.do === "fetch") this.#fetch(step);
    else if (step.do === "write") {
      const { op, key, client } = step;
      const done = (): void => this.#note(key);
      const operate = fleet.server.operate.bind(fleet.server);
      const loading = fleet.loadings[client];
      loading.written(key);
      this.gates.push(() => {
        operate({ op, key, value: "written" });
        done();
        loading.written(key);
      });
    } else if (step.do === "elsewhere") this.#elsewhere(step.key, step.what);
    else if (step.do === "deliver") this.#deliver(step.which);
    else if (step.do === "answer") this.#answer(step.which, step.with);
    else if (this.calls.length > 0) this.calls[step.which % this.calls.length].abort.abort();
  }

  async end(): Promise<void> {
    const { fleet } = this;
    for (let idle = 0; idle < 3; ) {
      await settle();
      if (this.gates.length > 0) this.#deliver(0);
      else if (this.loads.some(({ isOver }) => !isOver)) this.#answer(0, "value");
      else idle++;
    }
    const left = await Promise.race([
      Promise.allSettled(this.calls.map(({ promise }) => promise)),
      settle().then(() => "some calls have not ended"),
    ]);
    if (typeof left === "string") this.problems.push(left);
    const running = fleet.loadings.reduce((sum, loading) => sum + loading.running, 0);
    if (running > 0) this.problems.push(`${running} loads are left`);
    if (fleet.server.leases.size > 0) this.problems.push("a lease is left");
    if (this.source.most > 1) this.problems.push(`${this.source.most} loads of a key at one time`);
    fleet.close();
    await settle();
    if (fleet.clock.pending > 0) this.problems.push("timers are left");
    assert.deepEqual(this.problems, []);
  }

  #fetch({ client, key, verb, force, tagged }: Step & { do: "fetch" }): void {
    const abort = new AbortController();
    const askedAt = this.#moment;
    const changedBefore = this.#changedAt(key, true);
    const loader = (name: string, context: { signal: AbortSignal; stale: unknown }): Promise<unknown> => {
      const answer = this.source.load(name, context);
      const load = this.source.loads.at(-1) as SourceLoad;
      const known: Known = { load, from: ++this.#moment, tagged, isOver: false };
      const over = (): void => {
        known.isOver = true;
      };
      load.signal.addEventListener("abort", over, { once: true });
      this.loads.push(known);
      return answer;
    };
    const options = { signal: abort.signal, force, ...(tagged && { tags: ["red"] }) };
    const promise = this.fleet.loadings[client][verb](key, loader, options).then(
      (value) => this.#judgeValue(key, value, askedAt, changedBefore),
      () => undefined,
    );
    this.calls.push({ promise, abort });
  }

  #judgeFill(name: string, value: unknown, tagged: boolean): void {
    const known = this.loads[value as number];
    if (this.#changedAt(name, tagged) > known.from)
      this.problems.push(`load ${value} of ${name} was stored too late`);
    // A fill is a write as well, but what it stores is newer than what it is not older than.
  }

  #judgeValue(name: string, value: unknown, askedAt: number, changedBefore: number): void {
    if (typeof value !== "number") return;
    const { from, tagged } = this.loads[value];
    const changed = tagged ? changedBefore : Math.min(changedBefore, this.#changed.get(name) ?? 0);
    if (from < changed && changed < askedAt)
      this.problems.push(
        `load ${value} of ${name}, begun at ${from}, was given to one who asked at ${askedAt}, after a change at ${changed}`,
      );
  }

  #changedAt(name: string, tagged: boolean): number {
    return Math.max(this.#changed.get(name) ?? 0, tagged ? this.#tagAt : 0);
  }

  #note(name: string): void {
    this.#changed.set(name, ++this.#moment);
  }

  #elsewhere(name: string, what: "set" | "delete" | "tag" | "clear"): void {
    const { server } = this.fleet;
    if (what === "set") server.set(name, "written");
    if (what === "delete") server.delete(name);
    if (what === "clear") server.clear();
    if (what === "tag") {
      server.invalidateTag("red");
      this.#tagAt = ++this.#moment;
    } else for (const each of what === "clear" ? KEYS : [name]) this.#note(each);
  }

  #deliver(which: number): void {
    if (this.gates.length > 0) this.gates.splice(which % this.gates.length, 1)[0]();
  }

  #answer(which: number, how: "value" | "commit" | "ignore" | "nothing" | "error"): void {
    const open = this.loads.filter(({ isOver }) => !isOver);
    if (open.length === 0) return;
    const known = open[which % open.length];
    known.isOver = true;
    const number = this.loads.indexOf(known);
    if (how === "error") known.load.reject(new Error("the source failed"));
    else if (how === "nothing") known.load.resolve(undefined);
    else if (how === "ignore") known.load.resolve(ignore(number));
    else known.load.resolve(how === "commit" ? commit(number, { tags: ["red"] }) : number);
  }
}

export function raceProperty(): fc.IAsyncProperty<[Step[]]> {
  return fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
    const world = new World();
    for (const each of steps) {
      world.run(each);
      await settle();
    }
    await world.end();
  });
}
