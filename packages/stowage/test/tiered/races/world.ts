/**
 * A fleet whose every step is somebody else's to order: calls to the store and their answers, messages of the bus, loaders. And
 * what has to hold whatever the order is, judged by moments: numbers that count whatever happens.
 *
 * A change (set, delete, tag, clear) begins when it is called and is done when its promise has resolved. A process has heard of it
 * when it made it, or when all messages that had been sent by then were delivered to it.
 */
import { commit, ignore } from "stowage";
import { settle } from "stowage/testing";
import { Source, type SourceLoad } from "../../client/loading/support/source.js";
import { Fleet, type Process } from "../flight/support/fleet.js";

export const KEYS = ["a", "b"] as const;
export const PROCESSES = 3;
/** Longer than the clock of a run goes on, but for the end. */
const LEASE_MS = 60_000;

export type ChangeKind = "set" | "delete" | "tag" | "clear";
export type AnswerKind = "value" | "commit" | "ignore" | "nothing" | "error";

interface Change {
  readonly kind: ChangeKind;
  readonly key: string;
  readonly begin: number;
  end: number;
  /** Its messages are on their way to all. */
  isSent: boolean;
  /** Of `set`: whether its value bears the tag. */
  readonly isTagged: boolean;
  readonly heardAt: number[];
}

/** A load, by the number that its value bears. */
interface Known {
  readonly load: SourceLoad;
  readonly key: string;
  readonly process: number;
  /** When its flight was begun, and so, maybe, its lease granted. */
  readonly askedAt: number;
  readonly from: number;
  isTagged: boolean;
  isOver: boolean;
}

interface Call {
  readonly process: number;
  readonly promise: Promise<unknown>;
  readonly abort: AbortController;
  isSettled: boolean;
}

export class World {
  readonly fleet = new Fleet({ guard: { timeout: "1h" } });
  readonly source = new Source();
  readonly problems: string[] = [];
  processes: Process[] = [];
  readonly #loads: Known[] = [];
  readonly #changes: Change[] = [];
  readonly #calls: Call[] = [];
  readonly #dead = new Set<number>();
  #gates: { readonly process: number; readonly open: () => void }[] = [];
  /** What is on its way to each process, in its order. */
  readonly #mail: (() => void)[][] = Array.from({ length: PROCESSES }, () => []);
  #moment = 0;

  async begin(): Promise<void> {
    const { fleet } = this;
    this.processes = await fleet.start(PROCESSES, {
      fetch: { leaseTtl: LEASE_MS, negativeTtl: 5_000 },
    });
    fleet.way = (_to, _what, process) =>
      new Promise((resolve) => this.#gates.push({ process, open: resolve }));
    fleet.deliver = (to, _text, tell) => void this.#mail[to]?.push(tell);
  }

  fetch(
    process: number,
    key: string,
    { isForced, isTagged }: { isForced: boolean; isTagged: boolean },
  ): void {
    if (this.#dead.has(process)) return;
    const abort = new AbortController();
    const askedAt = ++this.#moment;
    const options = { signal: abort.signal, force: isForced, ...(isTagged && { tags: ["red"] }) };
    const promise = this.processes[process].fetch(key, this.#loader(process, isTagged, askedAt), options);
    this.#watch(process, key, promise, abort, askedAt);
  }

  fetchMany(process: number, isTagged: boolean): void {
    if (this.#dead.has(process)) return;
    const abort = new AbortController();
    const askedAt = ++this.#moment;
    const load = this.#loader(process, isTagged, askedAt);
    // It is over when all of it is.
    const loadMany = async (keys: readonly string[], { signal }: { signal: AbortSignal }) => {
      const loads = keys.map(async (key) => [key, await load(key, { signal, stale: undefined })] as const);
      await Promise.allSettled(loads);
      return Promise.all(loads);
    };
    const options = { signal: abort.signal, ...(isTagged && { tags: ["red"] }) };
    const all = this.processes[process].fetchMany(KEYS, loadMany as never, options);
    for (const key of KEYS)
      this.#watch(
        process,
        key,
        all.then((found) => found.get(key)),
        abort,
        askedAt,
      );
  }

  get(process: number, key: string): void {
    if (this.#dead.has(process)) return;
    const askedAt = ++this.#moment;
    this.#watch(process, key, this.processes[process].get(key), new AbortController(), askedAt);
  }

  change(process: number, kind: ChangeKind, key: string, isTagged: boolean): void {
    if (this.#dead.has(process)) return;
    const cache = this.processes[process];
    const number = this.#changes.length;
    const change: Change = {
      kind,
      key,
      isTagged,
      begin: ++this.#moment,
      end: Number.POSITIVE_INFINITY,
      isSent: false,
      heardAt: Array.from({ length: PROCESSES }, () => Number.POSITIVE_INFINITY),
    };
    this.#changes.push(change);
    const done = async (): Promise<void> => {
      change.end = ++this.#moment;
      change.heardAt[process] = change.end;
      for (let turn = 0; turn < 4; turn++) await settle();
      change.isSent = true;
      for (let to = 0; to < PROCESSES; to++) this.#heard(to);
    };
    const promise = this.#make(cache, kind, key, number, isTagged).then(done);
    this.#calls.push(this.#settling({ process, promise, abort: new AbortController(), isSettled: false }));
  }

  /** One call to the store goes on, or one answer of it arrives. */
  go(which: number): void {
    if (this.#gates.length > 0) this.#gates.splice(which % this.#gates.length, 1)[0].open();
  }

  /** The next message arrives. */
  deliver(process: number): void {
    this.#mail[process].shift()?.();
    this.#heard(process);
  }

  answer(which: number, how: AnswerKind): void {
    const open = this.#open;
    if (open.length === 0) return;
    const known = open[which % open.length];
    known.isOver = true;
    const number = this.#loads.indexOf(known);
    const { load } = known;
    if (how === "error") load.reject(new Error("the source failed"));
    else if (how === "nothing") load.resolve(undefined);
    else if (how === "ignore") load.resolve(ignore(number));
    else if (how === "value") load.resolve(number);
    else {
      known.isTagged = true;
      load.resolve(commit(number, { tags: ["red"] }));
    }
  }

  giveUp(which: number): void {
    if (this.#calls.length > 0) this.#calls[which % this.#calls.length].abort.abort(new Error("enough"));
  }

  /** Nothing of the process is heard any more, and nothing reaches it. */
  kill(process: number): void {
    if (this.#dead.size === PROCESSES - 1) return;
    this.#dead.add(process);
    this.#gates = this.#gates.filter((gate) => gate.process !== process);
    this.#mail[process].length = 0;
    for (const known of this.#loads) if (known.process === process) known.isOver = true;
  }

  /** Everything goes on until all have what they asked for; what is left then is a problem. */
  async end(): Promise<void> {
    const { fleet } = this;
    for (let idle = 0; idle < 300 && !(idle > 3 && this.#isQuiet); ) {
      await settle();
      if (this.#gates.some(({ process }) => !this.#dead.has(process))) this.#goAll();
      else if (this.#mail.some((mail) => mail.length > 0))
        for (let to = 0; to < PROCESSES; to++) this.deliver(to);
      else if (this.#open.length > 0) this.answer(0, "value");
      else {
        idle++;
        if (idle > 3) await fleet.clock.advanceAsync(idle > 20 ? 5_000 : 100);
      }
    }
    if (!this.#isQuiet) this.problems.push("some calls have not ended");
    await this.#judgeEnd();
    for (const process of this.#dead) this.processes[process].close().catch(() => undefined);
    fleet.deliver = null;
    await fleet.close().catch((error) => this.problems.push(`closing: ${error}`));
    await settle();
    if (fleet.clock.pending > 0) this.problems.push(`${fleet.clock.pending} timers are left`);
  }

  get #open(): Known[] {
    return this.#loads.filter(({ isOver }) => !isOver);
  }

  get #isQuiet(): boolean {
    return this.#calls.every(({ process, isSettled }) => isSettled || this.#dead.has(process));
  }

  #goAll(): void {
    const gates = this.#gates.filter(({ process }) => !this.#dead.has(process));
    this.#gates = [];
    for (const { open } of gates) open();
  }

  async #make(
    cache: Process,
    kind: ChangeKind,
    key: string,
    number: number,
    isTagged: boolean,
  ): Promise<unknown> {
    if (kind === "set") return cache.set(key, `set ${number}`, isTagged ? { tags: ["red"] } : {});
    if (kind === "delete") return cache.delete(key);
    return kind === "tag" ? cache.invalidateTag("red") : cache.clear();
  }

  #loader(process: number, isTagged: boolean, askedAt: number) {
    return (key: string, context: { signal: AbortSignal; stale: unknown }): Promise<unknown> => {
      const from = ++this.#moment;
      this.#judgeLoad(key, from);
      const promise = this.source.load(key, context);
      const load = this.source.loads.at(-1) as SourceLoad;
      const known: Known = { load, key, process, askedAt, from, isTagged, isOver: this.#dead.has(process) };
      load.signal.addEventListener("abort", () => {
        known.isOver = true;
      });
      this.#loads.push(known);
      return promise;
    };
  }

  #watch(
    process: number,
    key: string,
    value: Promise<unknown>,
    abort: AbortController,
    askedAt: number,
  ): void {
    const promise = value.then((given) => this.#judgeValue(key, given, process, askedAt));
    this.#calls.push(this.#settling({ process, promise, abort, isSettled: false }));
  }

  #settling(call: Call): Call {
    const over = (): void => {
      call.isSettled = true;
    };
    call.promise.then(over, over);
    return call;
  }

  #heard(process: number): void {
    if (this.#mail[process].length > 0) return;
    for (const change of this.#changes)
      if (change.isSent) change.heardAt[process] = Math.min(change.heardAt[process], ++this.#moment);
  }

  /** One load in the fleet: another one may run only if the key was changed since that one began. */
  #judgeLoad(key: string, from: number): void {
    for (const other of this.#loads) {
      if (other.isOver || other.key !== key) continue;
      const isChanged = this.#changes.some(
        (change) => change.begin < from && change.end > other.askedAt && this.#isAbout(change, key, true),
      );
      if (!isChanged)
        this.problems.push(`a load of ${key} begins at ${from} while that of ${other.from} runs`);
    }
  }

  /** Nobody gets what a change, done and heard of before he asked, has made out of date. */
  #judgeValue(key: string, value: unknown, process: number, askedAt: number): void {
    const isLate = (change: Change): boolean => change.end < askedAt && change.heardAt[process] < askedAt;
    const overtaker = this.#overtaker(key, value, isLate);
    if (overtaker !== undefined)
      this.problems.push(`${process} asked for ${key} at ${askedAt} and got ${value}, after ${overtaker}`);
  }

  /** In the end, with all messages delivered, nobody has anything that is out of date: neither those who are there nor one who comes. */
  async #judgeEnd(): Promise<void> {
    const { fleet } = this;
    fleet.way = () => undefined;
    const done = (change: Change): boolean => change.end < Number.POSITIVE_INFINITY;
    const newcomer = fleet.process({ hasBus: false });
    const readers = [...this.processes.filter((_, number) => !this.#dead.has(number)), newcomer];
    for (const key of KEYS)
      for (const [number, reader] of readers.entries()) {
        const value = await reader.get(key);
        const overtaker = this.#overtaker(key, value, done);
        if (overtaker !== undefined)
          this.problems.push(`in the end ${number} has ${key}: ${value}, after ${overtaker}`);
      }
    if (this.#dead.size > 0) return;
    for (const key of KEYS) if (await fleet.isLeased(key)) this.problems.push(`a lease of ${key} is left`);
  }

  #overtaker(key: string, value: unknown, counts: (change: Change) => boolean): string | undefined {
    const born = this.#bornAt(value);
    if (born === undefined) return undefined;
    const { at, isTagged } = born;
    const change = this.#changes.find(
      (each) => counts(each) && at < each.begin && this.#isAbout(each, key, isTagged),
    );
    return change && `${change.kind} from ${change.begin} to ${change.end} (it is of ${at})`;
  }

  /** Of a load: when its loader was called. Of a write: when it was done. */
  #bornAt(value: unknown): { readonly at: number; readonly isTagged: boolean } | undefined {
    if (typeof value === "number") {
      const { from, isTagged } = this.#loads[value];
      return { at: from, isTagged };
    }
    if (typeof value !== "string") return undefined;
    const { end, isTagged } = this.#changes[Number(value.slice("set ".length))];
    return { at: end, isTagged };
  }

  #isAbout({ kind, key: changed }: Change, key: string, isTagged: boolean): boolean {
    if (kind === "clear") return true;
    return kind === "tag" ? isTagged : changed === key;
  }
}
