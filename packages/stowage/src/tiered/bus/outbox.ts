/**
 * What this process tells: gathered for a turn of the event loop, numbered, and handed to the bus in order. A text that the bus
 * does not take has used up its number, so that the others notice by the next one.
 */
import type { Clock } from "../../base/clock.js";
import type { Bus } from "../../stores/bus.js";
import { beatText, byeText } from "./message.js";
import { News } from "./news.js";

export interface OutboxParts {
  readonly bus: Bus;
  readonly channel: string;
  readonly origin: string;
  readonly clock: Clock;
  /** Calls when this turn of the event loop has nothing more to do. */
  readonly schedule: (fn: () => void) => void;
}

/** Texts that the bus has not taken yet. More are not handed to it. */
const UNDER_WAY_MAX = 1_000;

/** A text on its way to the bus. */
interface Sending {
  readonly sentAtMs: number;
  readonly done: Promise<void>;
  readonly giveUp: () => void;
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #news: News;
  readonly #underWay = new Set<Sending>();
  #seq = 0;
  #isScheduled = false;
  sent = 0;
  failed = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#news = new News(parts.bus.textBytesMax);
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  addKeys(keys: Iterable<string>): void {
    this.#news.addKeys(keys);
    this.#schedule();
  }

  addMarks(marks: Iterable<string>, epoch: number): void {
    this.#news.addMarks(marks, epoch);
    this.#schedule();
  }

  addClear(): void {
    this.#news.addClear();
    this.#schedule();
  }

  /** Now, what was gathered so far. */
  flush(): void {
    if (this.#news.isEmpty) return;
    for (const text of this.#news.take(this.#parts.origin, () => ++this.#seq)) this.#send(text);
  }

  beat(beat: number, epoch: number): void {
    this.flush();
    this.#send(beatText(this.#parts.origin, this.#seq, beat, epoch));
  }

  bye(): void {
    this.flush();
    this.#send(byeText(this.#parts.origin, this.#seq));
  }

  /** Those that the bus has not taken for longer than this count as failed. */
  giveUp(olderThanMs: number): void {
    const nowMs = this.#parts.clock.now();
    for (const { sentAtMs, giveUp } of this.#underWay) if (nowMs - sentAtMs >= olderThanMs) giveUp();
  }

  /** When the bus has taken, or refused, all that was told so far. */
  async drain(): Promise<void> {
    this.flush();
    await Promise.all([...this.#underWay].map(({ done }) => done));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.schedule(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #send(text: string): void {
    if (this.#underWay.size >= UNDER_WAY_MAX) {
      this.failed++;
      return;
    }
    let settle: (isSent: boolean) => void = () => undefined;
    const done = new Promise<boolean>((resolve) => {
      settle = resolve;
    }).then((isSent) => {
      if (isSent) this.sent++;
      else this.failed++;
    });
    const sending = { sentAtMs: this.#parts.clock.now(), done, giveUp: () => end(false) };
    const end = (isSent: boolean): void => {
      this.#underWay.delete(sending);
      settle(isSent);
    };
    this.#underWay.add(sending);
    publish(this.#parts.bus, this.#parts.channel, text).then(
      () => end(true),
      () => end(false),
    );
  }
}

/** A bus that throws instead of rejecting is no worse. */
async function publish(bus: Bus, channel: string, text: string): Promise<void> {
  await bus.publish(channel, text);
}
