/** One load of one key in this process, from the question whether L2 has it to its end; however many wait for it. */
import { AwaitedLoad, type OldValue } from "../../cache/services/waiting.js";
import type { LoadResult } from "../../cache/types.js";
import type { Found, Read } from "../l2/records.js";
import type { Ticket } from "./host.js";
import type { BoundFlightOptions } from "./options.js";

export type Run = (
  signal: AbortSignal,
  old: unknown,
) => LoadResult<unknown> | PromiseLike<LoadResult<unknown>>;

/** What a flight is to do. */
export interface Task {
  readonly key: string;
  readonly run: Run;
  readonly how: BoundFlightOptions;
  /** It was begun on account of a value that is good still, so nobody waits for it: where L2 is away, it is not worth its while. */
  readonly isBehind: boolean;
  /** The chance that decides whether a value that is good still is to be renewed: a number from 0 up to 1. */
  readonly luck: number;
  /** Whether it heeds that the source was found failing by another process. */
  readonly isPatient: boolean;
  /** What L2 has, where that is asked for several keys at once. */
  readonly read?: (signal: AbortSignal) => Promise<Read>;
  /** Told once the loader will not be called soon, if at all. */
  readonly onDetour?: () => void;
  /** Called when the last caller gave up, in place of ending the flight. */
  readonly abandon?: (reason: unknown) => void;
}

/** The right to fill the key in L2. */
export interface Lease {
  readonly token: string;
  readonly epoch: number;
  /** When it is over, by `now()`. */
  readonly until: number;
}

/** How a flight came to its loader. */
export interface Entered {
  /** Null: without leave of L2. */
  readonly lease: Lease | null;
  /** The value there is, stale or to be renewed. */
  readonly old: Found | undefined;
  /** Its record. */
  readonly bytes: Uint8Array | undefined;
  /** L2 is away, or another process was waited for in vain: what is loaded goes into L1 only, and not for long. */
  readonly isAlone: boolean;
}

export class Flight extends AwaitedLoad {
  readonly task: Task;
  /** Of the time since when what it knows is true. */
  ticket: Ticket | null = null;
  /** The number of the call among all calls when the loader was called; 0: it has not been. */
  calledAt = 0;
  #staleTags: readonly string[] = [];
  #isClosed = false;
  #isEnded = false;

  constructor(task: Task) {
    super();
    this.task = task;
  }

  /** Whoever takes a stale value leaves it behind, also where another process loads: those who come next find it here. */
  get isOurs(): boolean {
    return true;
  }

  /** Whether what it brings is what its loader brings, rather than a value that L2 has. */
  get isLoading(): boolean {
    return this.task.how.force || this.calledAt > 0;
  }

  /** Nothing was written since it began that would make its value out of date. */
  get isCurrent(): boolean {
    return !(this.#isClosed || this.ticket?.isVoid === true);
  }

  /** Whether it is under way, and somebody wants what comes of it. */
  get isWanted(): boolean {
    return !this.#isEnded && (this.waiters > 0 || this.background);
  }

  /** Whether one who comes now, for a value with these tags, may wait for it. */
  isJoinable(tags: readonly string[]): boolean {
    if (this.controller.signal.aborted || !this.isCurrent) return false;
    return this.ticket?.invalidated([...tags, ...this.task.how.tags]) !== true;
  }

  override abandon(reason: unknown): void {
    if (this.task.abandon === undefined) super.abandon(reason);
    else this.task.abandon(reason);
  }

  /** @param tags of the stale value */
  override know(stale: OldValue | undefined, tags: readonly string[] = []): void {
    this.#staleTags = tags;
    super.know(stale);
  }

  /** What is learnt from now on is true from now on. */
  begin(ticket: Ticket): void {
    if (this.#isEnded) {
      ticket.end();
      return;
    }
    this.ticket?.end();
    this.ticket = ticket;
    this.#isClosed = false;
  }

  /** The key was written, or may have been: what was known before is nobody's after it. One that has not begun does not mind. */
  close(): void {
    if (this.ticket !== null) this.#isClosed = true;
    this.stale = undefined;
    this.spare = undefined;
  }

  /** Tags were invalidated: also what it knows of old may bear them. */
  invalidated(tags: readonly string[]): void {
    this.spare = undefined;
    const isOf = (tag: string): boolean => this.task.how.tags.includes(tag) || this.#staleTags.includes(tag);
    if (tags.some(isOf)) this.close();
  }

  /** It stores nothing any more, whatever it is still waiting for. */
  end(): void {
    this.#isEnded = true;
    this.ticket?.end();
    this.ticket = null;
  }
}
