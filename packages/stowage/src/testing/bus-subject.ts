/**
 * What the bus suite needs to know of a bus: how to open one, how to open a second one on the same place, and how to cut its
 * connection.
 */
import type { Bus, BusListener } from "../stores/bus.js";
import { ok } from "./check.js";

/** What a case may need, with what it means to have it. */
export const BUS_NEEDS = {
  another: "the subject opens another bus on the same place: `sharing`",
  cuts: "the subject cuts and mends the bus's connection: `cuts`",
} as const;

export type BusNeed = keyof typeof BUS_NEEDS;

export interface BusUnderTest {
  readonly bus: Bus;
  /** Another bus on the same place, as another process would open it. With `sharing` only. */
  another?(): Bus | Promise<Bus>;
  /** Breaks the connections of `bus`, and lets it make no new ones; `another` keeps its own. With `cuts` only. */
  cut?(): void | Promise<void>;
  /** Ends that: the bus is to come back by itself. With `cuts` only. */
  mend?(): void | Promise<void>;
  /** Called after all buses were closed. */
  dispose?(): void | Promise<void>;
}

export interface BusSubject {
  readonly name: string;
  /** What its buses say of themselves; Infinity: any length. */
  readonly textBytesMax: number;
  /** Whether `another` is there. */
  readonly sharing?: boolean;
  /** Whether `cut` and `mend` are there. */
  readonly cuts?: boolean;
  /** Whether what was published during a cut is delivered after it. Default false. */
  readonly replays?: boolean;
  /** How long what has to come is waited for. Default 10,000. */
  readonly waitMs?: number;
  /** Opens a bus. The place may have been used before: each case has channels of its own. */
  open(): BusUnderTest | Promise<BusUnderTest>;
}

/** The default of `waitMs`. */
export const BUS_WAIT_MS = 10_000;
const LOOK_MS = 2;
let channels = 0;

/** A listener that remembers what it was told. */
export class Heard implements BusListener {
  readonly texts: string[] = [];
  readonly states: { readonly isConnected: boolean; readonly replayed: boolean }[] = [];
  /** Everything, in the order in which it was told. */
  readonly all: string[] = [];
  stop: () => void = () => undefined;

  get isConnected(): boolean {
    return this.states.at(-1)?.isConnected ?? false;
  }

  message(text: string): void {
    this.texts.push(text);
    this.all.push(text);
  }

  connected(isConnected: boolean, replayed: boolean): void {
    this.states.push({ isConnected, replayed });
    this.all.push(isConnected ? "connected" : "not connected");
  }
}

/** What a case is given: a bus, closed when the case ends. */
export class BusContext {
  /** This case's own. */
  readonly channel = `stowage:suite:${Date.now().toString(36)}:${++channels}`;
  readonly #under: BusUnderTest;
  readonly #waitMs: number;
  readonly #opened: Bus[];

  private constructor(under: BusUnderTest, waitMs: number) {
    this.#under = under;
    this.#waitMs = waitMs;
    this.#opened = [under.bus];
  }

  static async open(subject: BusSubject): Promise<BusContext> {
    return new BusContext(await subject.open(), subject.waitMs ?? BUS_WAIT_MS);
  }

  get bus(): Bus {
    return this.#under.bus;
  }

  async another(): Promise<Bus> {
    if (this.#under.another === undefined)
      throw new Error("the subject says `sharing`, and has no `another`");
    const bus = await this.#under.another();
    this.#opened.push(bus);
    return bus;
  }

  async cut(): Promise<void> {
    if (this.#under.cut === undefined) throw new Error("the subject says `cuts`, and has no `cut`");
    await this.#under.cut();
  }

  async mend(): Promise<void> {
    if (this.#under.mend === undefined) throw new Error("the subject says `cuts`, and has no `mend`");
    await this.#under.mend();
  }

  /** Subscribes, and waits until it is connected. */
  async listen(bus: Bus = this.bus, channel: string = this.channel): Promise<Heard> {
    const heard = new Heard();
    heard.stop = bus.subscribe(channel, heard);
    await this.until("the bus is connected", () => heard.isConnected);
    return heard;
  }

  /** Waits until so many texts have come. */
  async come(heard: Heard, count: number): Promise<void> {
    await this.until(`${count} text(s) have come, there are`, () => heard.texts.length >= count, heard.texts);
  }

  /** Waits for a condition; fails where it does not come true. */
  async until(what: string, isTrue: () => boolean, has: readonly unknown[] = []): Promise<void> {
    const start = performance.now();
    while (!isTrue() && performance.now() - start < this.#waitMs)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    ok(isTrue(), `waited in vain until ${what}${has.length === 0 ? "" : ` ${has.length}`}`);
  }

  async close(): Promise<void> {
    for (const bus of this.#opened) await bus.close();
    await this.#under.dispose?.();
  }
}
