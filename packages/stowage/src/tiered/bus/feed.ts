/**
 * What this process tells the others, and what it hears of them. A bus may lose, delay and double messages; what comes out of
 * here can be relied on:
 *
 *   - Everything that another process published is told, in its order, or `flush` is: everything may have changed.
 *   - While neither can be promised, it is `behind`: from when the connection is lost, or one's own beats do not come back for
 *     BEHIND_BEATS, until one that was sent on the new connection has come back. Then `flush` is told, unless the bus delivered
 *     what was missed; and then that it is not behind.
 *   - One's own messages are not told.
 *
 * No server orders the messages here, and none keeps them: each process publishes after its write to L2 is done. One that died
 * in between falls silent, which counts as a loss too; and since he may have died before he was ever heard here, so does the
 * time after a connection was made in which one lives and is not heard yet.
 *
 * Nothing here throws, whatever the bus does; what cannot be read is counted, and counts as a loss.
 */
import { type Clock, systemClock, type TimerHandle } from "../../base/clock.js";
import { nextTurn } from "../../base/next-turn.js";
import type { Bus } from "../../stores/bus.js";
import { Echo } from "./echo.js";
import { type BusMessage, readMessage } from "./message.js";
import { Origins } from "./origins.js";
import { Outbox } from "./outbox.js";

/** Why everything may have changed: see `FeedStats`. */
export type FlushReason = "gap" | "garbage" | "silent" | "strangers" | "cleared" | "reconnected";

export interface FeedListener {
  /** Another process has written or deleted these. */
  keys(keys: readonly string[]): void;
  /** Another process has invalidated these, with this epoch. None: it only knows this epoch. */
  marks(marks: readonly string[], epoch: number): void;
  /** Everything may have changed: what is kept, and whatever is being read in order to be kept. */
  flush(reason: FlushReason): void;
  /** Told at each change. It begins behind. */
  behind(isBehind: boolean): void;
}

export interface FeedOptions {
  readonly bus: Bus;
  readonly channel: string;
  /** How often it says that it is alive, and what the last message was. */
  readonly beatMs: number;
  /** The highest epoch that is known here; beats tell it. Default: none. */
  readonly epoch?: () => number;
  readonly clock?: Clock;
  /** The name of this process among the others: letters, digits, `-` and `_`, at most 64. Default: random. */
  readonly origin?: string;
  /** Calls at the end of this turn of the event loop: what was published in it goes together. */
  readonly schedule?: (fn: () => void) => void;
}

export interface FeedStats {
  /** Texts that the bus took, beats included. */
  readonly sent: number;
  /** Texts that it did not take. */
  readonly failed: number;
  /** Of others, beats included. */
  readonly received: number;
  /** Of those, how many came twice, or late. */
  readonly doubled: number;
  /** How often messages were missed, by their numbers. */
  readonly gaps: number;
  /** What could not be read. */
  readonly garbage: number;
  /** Others that fell silent without having said that they go. */
  readonly silent: number;
  /** How often everything was dropped, for whatever reason. */
  readonly flushes: number;
  /** Others that are known. */
  readonly others: number;
  /** Milliseconds since all that was published was heard; Infinity: never. */
  readonly lagMs: number;
  readonly isBehind: boolean;
}

/** Beats that may be late before one counts as behind, or as gone. */
const BEHIND_BEATS = 3;
/** A look at the time that comes later than this many beats after the one before found the event loop blocked. */
const LATE_BEATS = 2;

export class Feed {
  readonly #listener: FeedListener;
  readonly #clock: Clock;
  readonly #origin: string;
  readonly #epoch: () => number;
  readonly #beatMs: number;
  readonly #outbox: Outbox;
  readonly #origins: Origins;
  readonly #echo = new Echo();
  readonly #counts = { received: 0, doubled: 0, gaps: 0, garbage: 0, silent: 0, flushes: 0 };
  readonly #stop: () => void;
  #timer: TimerHandle | undefined;
  #tickedAtMs: number;
  #tickedWallMs: number;
  #toldEpoch = 0;
  #isConnected = false;
  #isBehind = true;
  /** Until then there may have been others who were never heard, and are dead since. */
  #strangersUntilMs = Number.POSITIVE_INFINITY;
  /** Something may have been missed since it fell behind. */
  #hasMissed = true;
  #closing: Promise<void> | undefined;

  constructor(options: FeedOptions, listener: FeedListener) {
    const { bus, channel, beatMs, epoch = () => 0, clock = systemClock } = options;
    this.#listener = listener;
    this.#clock = clock;
    this.#beatMs = beatMs;
    this.#epoch = epoch;
    this.#origin = options.origin ?? crypto.randomUUID();
    this.#origins = new Origins(beatMs * BEHIND_BEATS);
    const { schedule = (fn: () => void) => void nextTurn().then(fn) } = options;
    this.#outbox = new Outbox({ bus, channel, origin: this.#origin, clock, schedule });
    this.#tickedAtMs = clock.now();
    this.#tickedWallMs = clock.wall();
    this.#setTimer();
    this.#stop = bus.subscribe(channel, {
      message: (text) => this.#take(text),
      connected: (isConnected, replayed) => this.#connected(isConnected, replayed),
    });
  }

  /** Whether what others publish may stay unheard for now. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  stats(): FeedStats {
    return {
      sent: this.#outbox.sent,
      failed: this.#outbox.failed,
      ...this.#counts,
      others: this.#origins.size,
      lagMs: this.#echo.lagMs(this.#clock.now()),
      isBehind: this.#isBehind,
    };
  }

  /** These were written or deleted. To be called when L2 has it. */
  publishKeys(keys: Iterable<string>): void {
    if (this.#closing === undefined) this.#outbox.addKeys(keys);
  }

  /** These were invalidated. To be called when L2 has it. */
  publishTags(marks: Iterable<string>, epoch: number): void {
    if (this.#closing === undefined) this.#outbox.addMarks(marks, epoch);
  }

  /** Everybody is to drop everything. */
  publishClear(): void {
    if (this.#closing === undefined) this.#outbox.addClear();
  }

  /** When the bus has taken, or refused, all that was published so far. */
  drain(): Promise<void> {
    return this.#outbox.drain();
  }

  /** Tells what is still to be told, says goodbye, and waits until the bus has taken it, for a few beats at most. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#stop();
    this.#outbox.bye();
    const timer = this.#clock.setTimer(() => this.#outbox.giveUp(0), this.#beatMs * BEHIND_BEATS);
    await this.#outbox.drain();
    this.#clock.clearTimer(timer);
  }

  #connected(isConnected: boolean, replayed: boolean): void {
    if (this.#closing !== undefined) return;
    this.#isConnected = isConnected;
    this.#echo.distrust();
    this.#setBehind(true);
    if (!isConnected) return;
    if (!replayed) this.#hasMissed = true;
    this.#beat();
  }

  #take(text: string): void {
    if (this.#closing !== undefined) return;
    const message = readMessage(text);
    if (message?.origin === this.#origin) this.#takeOwn(message);
    else {
      this.#counts.received++;
      if (message === undefined) {
        this.#counts.garbage++;
        this.#flush("garbage");
      } else this.#takeOther(message);
    }
  }

  #takeOwn(message: BusMessage): void {
    if (message.kind !== "beat") return;
    this.#echo.heard(message.beat);
    // That it is late is found by the clock. After a pause of the event loop old beats come before new ones.
    if (this.#isBehind) this.#look(this.#clock.now());
  }

  #takeOther(message: BusMessage): void {
    const { origin, seq, kind } = message;
    const repeats = kind === "beat" || kind === "bye";
    const verdict = this.#origins.hear(origin, seq, repeats, this.#clock.now());
    if (verdict === "doubled") this.#counts.doubled++;
    if (verdict === "gap") {
      this.#counts.gaps++;
      this.#flush("gap");
    }
    if (kind === "bye") this.#origins.leave(origin);
    else if (verdict !== "doubled") this.#tell(message);
  }

  #tell(message: BusMessage): void {
    const { kind } = message;
    if (kind === "keys") this.#listener.keys(message.keys);
    else if (kind === "clear") this.#flush("cleared");
    else if (kind === "tags") this.#listener.marks(message.marks, message.epoch);
    else if (kind === "beat" && message.epoch > this.#toldEpoch) {
      this.#toldEpoch = message.epoch;
      this.#listener.marks([], message.epoch);
    }
  }

  #flush(reason: FlushReason): void {
    this.#counts.flushes++;
    this.#listener.flush(reason);
  }

  #setTimer(): void {
    this.#timer = this.#clock.setTimer(() => this.#tick(), this.#beatMs);
  }

  #tick(): void {
    const nowMs = this.#clock.now();
    const wallMs = this.#clock.wall();
    const passedMs = nowMs - this.#tickedAtMs;
    // The machine slept: the monotonic clock may stand still meanwhile, and the others did not.
    const sleptMs = wallMs - this.#tickedWallMs - passedMs;
    this.#tickedAtMs = nowMs;
    this.#tickedWallMs = wallMs;
    this.#outbox.giveUp(this.#beatMs * BEHIND_BEATS);
    if (sleptMs > this.#beatMs * BEHIND_BEATS) this.#echo.distrust();
    // Where the event loop was blocked, what has come meanwhile has not been read yet.
    else if (passedMs > this.#beatMs * LATE_BEATS) this.#origins.excuse(nowMs);
    if (passedMs <= this.#beatMs * LATE_BEATS) this.#look(nowMs);
    this.#sweep(nowMs);
    this.#beat();
    this.#setTimer();
  }

  /** Whether the beats come back in time. */
  #look(nowMs: number): void {
    const isBehind = !this.#isConnected || this.#echo.lagMs(nowMs) > this.#beatMs * BEHIND_BEATS;
    if (isBehind && !this.#isBehind) this.#hasMissed = true;
    this.#setBehind(isBehind);
  }

  #setBehind(isBehind: boolean): void {
    if (isBehind === this.#isBehind) return;
    if (!isBehind) {
      const nowMs = this.#clock.now();
      this.#origins.excuse(nowMs);
      this.#strangersUntilMs = nowMs + this.#beatMs * BEHIND_BEATS;
      if (this.#hasMissed) this.#flush("reconnected");
      this.#hasMissed = false;
    }
    this.#isBehind = isBehind;
    this.#listener.behind(isBehind);
  }

  #sweep(nowMs: number): void {
    if (this.#isBehind) return;
    if (nowMs > this.#strangersUntilMs) {
      this.#strangersUntilMs = Number.POSITIVE_INFINITY;
      this.#flush("strangers");
    }
    const silent = this.#origins.sweep(nowMs);
    if (silent === 0) return;
    this.#counts.silent += silent;
    this.#flush("silent");
  }

  #beat(): void {
    this.#outbox.beat(this.#echo.next(this.#clock.now()), this.#epoch());
  }
}
