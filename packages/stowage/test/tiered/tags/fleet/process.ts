/**
 * One process of the world: the real feed, stamps and repairs, and the smallest cache of two tiers that stands on them. What it
 * does is what every such cache has to do; each line of it is there since a run went wrong without.
 */
import type { Clock } from "../../../../src/base/clock.js";
import { Feed } from "../../../../src/tiered/bus/feed.js";
import { Repairs, Stamps } from "../../../../src/tiered/tags/index.js";
import { Line, type Version, type World } from "./world.js";

export const BEAT_MS = 100;
export const BEHIND_TTL_MS = 150;
export const ROOT = "n:";

interface Ticket {
  readonly key: string;
  readonly beganAtMs: number;
  readonly invalidated: Set<string>;
  isVoid: boolean;
}

interface Kept {
  readonly version: Version;
  untilMs: number;
}

let processes = 0;

export class Process {
  readonly id = ++processes;
  readonly line: Line;
  readonly feed: Feed;
  readonly stamps: Stamps;
  readonly repairs: Repairs;
  readonly #world: World;
  readonly #l1 = new Map<string, Kept>();
  readonly #tickets = new Set<Ticket>();
  isAlive = true;

  constructor(world: World) {
    this.#world = world;
    const clock = this.#ownClock();
    const guard = world.guardOf(this.id);
    this.line = new Line(world);
    this.stamps = new Stamps({
      guard,
      epochKey: "e",
      stampKey: (mark) => `s:${mark}`,
      capacity: 2,
      clock,
      whenBehind: { ttlMs: BEHIND_TTL_MS },
    });
    this.repairs = new Repairs({
      guard,
      invalidate: (marks) => this.stamps.invalidate(marks),
      everything: ROOT,
      capacity: 2,
      everyMs: BEAT_MS,
      clock,
      onRepaired: ({ keys, marks, epoch }) => {
        for (const key of keys) this.#drop(key);
        this.#dropMarks(marks);
        this.feed.publishKeys(keys);
        if (epoch !== undefined) this.feed.publishTags(marks, epoch);
      },
    });
    this.feed = new Feed(
      {
        bus: this.line,
        channel: "app",
        beatMs: BEAT_MS,
        clock,
        origin: `p${this.id}`,
        epoch: () => this.stamps.epoch,
        schedule: queueMicrotask,
      },
      {
        keys: (keys) => {
          for (const key of keys) this.#drop(key);
        },
        marks: (marks, epoch) => {
          this.stamps.heard(marks, epoch);
          this.#dropMarks(marks);
        },
        flush: () => {
          this.stamps.forget();
          this.#l1.clear();
          for (const ticket of this.#tickets) ticket.isVoid = true;
        },
        behind: (isBehind) => {
          this.stamps.setBehind(isBehind);
          const untilMs = clock.now() + BEHIND_TTL_MS;
          if (isBehind) for (const kept of this.#l1.values()) kept.untilMs = Math.min(kept.untilMs, untilMs);
        },
      },
    );
  }

  /** As if it had never been. */
  kill(): void {
    this.isAlive = false;
    this.line.kill();
    this.#world.kill(this.id);
  }

  async get(key: string): Promise<Version | undefined> {
    const kept = this.#l1.get(key);
    if (kept !== undefined && kept.untilMs > this.#world.clock.now()) return kept.version;
    const ticket = this.#ticket(key);
    try {
      await this.repairs.settle([key]);
      const version = await this.#world.call(this.id, () => this.#world.records.get(key));
      if (version === undefined) return undefined;
      const [isValid] = await this.stamps.check([version]);
      if (!isValid) return undefined;
      this.#put(ticket, version);
      return version;
    } finally {
      this.#tickets.delete(ticket);
    }
  }

  /** @param load what happens between the beginning of its load and its write */
  async set(key: string, marks: readonly string[], load?: () => Promise<void>): Promise<Version> {
    const version: Version = {
      key,
      marks,
      epoch: this.stamps.epoch,
      beganAt: this.#world.moment(),
      order: 0,
    };
    const ticket = this.#ticket(key);
    try {
      await load?.();
      this.#drop(key, ticket);
      await this.repairs.settle([key]);
      await this.#world.call(this.id, () => this.#world.write(version));
    } catch (error) {
      this.repairs.oweKeys([key], ROOT);
      this.#drop(key);
      this.feed.publishKeys([key]);
      throw error;
    } finally {
      this.#tickets.delete(ticket);
    }
    this.#drop(key, ticket);
    this.#put(ticket, version);
    this.feed.publishKeys([key]);
    await this.feed.drain();
    return version;
  }

  /** @returns how many writes there had been by then, of whatever key */
  async delete(key: string): Promise<number> {
    let writes = 0;
    this.#drop(key);
    try {
      await this.repairs.settle([key]);
      writes = await this.#world.call(this.id, () => this.#world.remove(key));
    } catch (error) {
      this.repairs.oweKeys([key], ROOT);
      throw error;
    } finally {
      this.#drop(key);
      this.feed.publishKeys([key]);
    }
    await this.feed.drain();
    return writes;
  }

  async invalidate(mark: string): Promise<void> {
    this.#dropMarks([mark]);
    try {
      const epoch = await this.stamps.invalidate([mark]);
      this.feed.publishTags([mark], epoch);
    } catch (error) {
      this.repairs.oweMarks([mark]);
      throw error;
    } finally {
      this.#dropMarks([mark]);
    }
    await this.feed.drain();
  }

  #ticket(key: string): Ticket {
    const ticket: Ticket = { key, beganAtMs: this.#world.clock.now(), invalidated: new Set(), isVoid: false };
    this.#tickets.add(ticket);
    return ticket;
  }

  #put(ticket: Ticket, version: Version): void {
    if (ticket.isVoid || version.marks.some((mark) => ticket.invalidated.has(mark))) return;
    const untilMs = this.feed.isBehind ? ticket.beganAtMs + BEHIND_TTL_MS : Number.POSITIVE_INFINITY;
    this.#l1.set(version.key, { version, untilMs });
  }

  #drop(key: string, own?: Ticket): void {
    this.#l1.delete(key);
    for (const ticket of this.#tickets) if (ticket.key === key && ticket !== own) ticket.isVoid = true;
  }

  #dropMarks(marks: readonly string[]): void {
    for (const [key, { version }] of this.#l1)
      if (version.marks.some((mark) => marks.includes(mark))) this.#l1.delete(key);
    for (const ticket of this.#tickets) for (const mark of marks) ticket.invalidated.add(mark);
  }

  /** Timers of the dead do not fire. */
  #ownClock(): Clock {
    const { clock } = this.#world;
    return {
      now: () => clock.now(),
      wall: () => clock.wall(),
      setTimer: (fn, ms) => clock.setTimer(() => this.isAlive && fn(), ms),
      clearTimer: (timer) => clock.clearTimer(timer),
    };
  }
}
