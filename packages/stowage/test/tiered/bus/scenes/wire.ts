/** A bus in the hands of a test, and a feed on it that writes down what it tells. */
import type { Bus, BusListener } from "../../../../src/stores/bus.js";
import { FakeClock, settle } from "../../../../src/testing/fake-clock.js";
import { Feed, type FeedOptions } from "../../../../src/tiered/bus/feed.js";

export const BEAT_MS = 100;

export class Wire implements Bus {
  readonly name = "wire";
  readonly texts: string[] = [];
  /** Whether what is published comes back, as long as it is connected. */
  echoes = true;
  /** What becomes of a publish. */
  takes: "all" | "nothing" | "never answers" = "all";
  isConnected = false;
  listener: BusListener | undefined;

  constructor(readonly textBytesMax = Number.POSITIVE_INFINITY) {}

  publish(_channel: string, text: string): Promise<void> {
    if (this.takes === "nothing") return Promise.reject(new Error("ECONNRESET"));
    if (this.takes === "never answers") return new Promise(() => undefined);
    this.texts.push(text);
    if (this.echoes && this.isConnected) queueMicrotask(() => this.listener?.message(text));
    return Promise.resolve();
  }

  subscribe(_channel: string, listener: BusListener): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
    };
  }

  async close(): Promise<void> {}

  connect(replayed = false): Promise<void> {
    this.isConnected = true;
    this.listener?.connected(true, replayed);
    return settle();
  }

  cut(): Promise<void> {
    this.isConnected = false;
    this.listener?.connected(false, false);
    return settle();
  }

  deliver(...texts: (string | object)[]): void {
    for (const text of texts)
      this.listener?.message(typeof text === "string" ? text : JSON.stringify({ v: 1, ...text }));
  }

  /** What was published and is no beat, as objects without what is always the same. */
  told(): object[] {
    return this.texts
      .map((text) => JSON.parse(text) as { v?: number; o?: string; k: string })
      .filter(({ k }) => k !== "beat")
      .map(({ v: _v, o: _o, ...rest }) => rest);
  }

  beats(): { s: number; n: number; e: number }[] {
    return this.texts.map((text) => JSON.parse(text)).filter(({ k }) => k === "beat");
  }
}

/** The messages of another process, by hand. */
export const other = {
  keys: (s: number, ...l: string[]) => ({ o: "b", s, k: "keys", l }),
  tags: (s: number, e: number, ...l: string[]) => ({ o: "b", s, k: "tags", l, e }),
  clear: (s: number) => ({ o: "b", s, k: "clear" }),
  beat: (s: number, e = 0, o = "b") => ({ o, s, k: "beat", n: 1, e }),
  bye: (s: number) => ({ o: "b", s, k: "bye" }),
};

export interface Stage {
  readonly clock: FakeClock;
  readonly wire: Wire;
  readonly feed: Feed;
  /** What the listener was told, as texts. */
  readonly log: string[];
  /** What it was told since the last time. */
  news(): string[];
  /** Lets so many beats go by. */
  beats(count: number): Promise<void>;
}

export function stage(options: Partial<FeedOptions> & { wire?: Wire } = {}): Stage {
  const { wire = new Wire(), ...rest } = options;
  const clock = new FakeClock();
  const log: string[] = [];
  const feed = new Feed(
    {
      bus: wire,
      channel: "app",
      beatMs: BEAT_MS,
      clock,
      origin: "a",
      schedule: (fn) => queueMicrotask(fn),
      ...rest,
    },
    {
      keys: (keys) => void log.push(`keys ${keys.join(",")}`),
      marks: (marks, epoch) => void log.push(`marks ${marks.join(",")} ${epoch}`),
      flush: (reason) => void log.push(`flush ${reason}`),
      behind: (isBehind) => void log.push(isBehind ? "behind" : "coherent"),
    },
  );
  const beats = async (count: number): Promise<void> => {
    for (let beat = 0; beat < count; beat++) await clock.advanceAsync(BEAT_MS);
  };
  return { clock, wire, feed, log, news: () => log.splice(0), beats };
}

/** One that is connected and coherent for long, and has forgotten how it came to that. */
export async function coherent(options: Parameters<typeof stage>[0] = {}): Promise<Stage> {
  const it = stage(options);
  await it.wire.connect();
  await it.beats(4);
  it.news();
  it.wire.texts.length = 0;
  return it;
}
