/**
 * Every schedule with one interruption: a call is held up before its first statement, its second, its third, ... and each time
 * something else happens from beginning to end; then it goes on. What all of them saw must be linearizable.
 *
 * Most races need no more than one thread that is held up at the wrong place (Musuvathi and Qadeer 2007); so this finds for
 * certain what stress finds by luck. Where the held thread has a lock that the other waits for, the other stands still, the
 * held one finishes, and the other goes on.
 */
import assert from "node:assert/strict";
import { SharedTable, type TableOptions } from "stowage/table";
import { Hand } from "../support/crew.js";
import { SharedClock } from "../support/shared-clock.js";
import type { Event, HeldJob } from "./held.worker.js";
import { judge } from "./histories.js";
import { type HistoryBuffers, historyBuffers, Recorder, readHistory } from "./history.js";
import { perform, type Style } from "./operations.js";
import type { RegisterCall } from "./register.js";

export interface HeldSetting {
  /** held.worker.ts, with steps. */
  readonly script: string;
  readonly style: Style;
  /** What is done with the key first. */
  readonly before: readonly RegisterCall[];
  /** The call that is held up; of a version to compare with, 0 stands for the one that is there. */
  readonly held: RegisterCall;
  readonly meanwhile: readonly (RegisterCall | Event)[];
  /** Only each n-th place, from a place below that on. */
  readonly stride?: number;
  readonly from?: number;
}

/** Room for the events, and little besides: memory is used again soon. */
const small: TableOptions = { memory: "1mb", segmentSize: "16kb", janitor: false };
/** Live entries that fill most of the memory, where the event wants that. */
const FILLING = 36;
const SETTLE_LIMIT_MS = 10_000;
/** Turns that two threads may give each other by waiting. */
const TURNS_MAX = 10_000;
/** More than any job takes: the worker's waits end its turn, its statements never. */
const ENDLESS = 2_000_000_000;

/** Throws when a schedule has no explanation; returns how many places the call was held at. */
export async function heldEverywhere(setting: HeldSetting): Promise<number> {
  const clock = new SharedClock();
  const options = { script: setting.script, time: clock.buffer };
  const hands = await Promise.all([0, 1].map((index) => Hand.start(options, { index, count: 2 })));
  const play = new Play(setting, hands, clock);
  try {
    const { stride = 1, from = 0 } = setting;
    let places = 0;
    for (let place = 1 + (from % stride); await play.holdAt(place); place += stride) places += 1;
    return places;
  } finally {
    await Promise.all(hands.map((hand) => hand.kill()));
    play.close();
  }
}

class Play {
  readonly #setting: HeldSetting;
  readonly #held: Hand;
  readonly #other: Hand;
  #table: SharedTable | undefined;

  constructor(
    setting: HeldSetting,
    hands: readonly Hand[],
    readonly clock: SharedClock,
  ) {
    this.#setting = setting;
    [this.#held, this.#other] = hands;
  }

  /** False when the call has fewer statements than that. */
  async holdAt(place: number): Promise<boolean> {
    const { meanwhile, before } = this.#setting;
    const table = this.#freshTable();
    const buffers = historyBuffers(3, 1 + before.length + meanwhile.length);
    const recorder = new Recorder(buffers, 2);
    for (const call of before) this.#do(table, recorder, call);
    sealSegment(table);
    const held = await this.#hold(table, buffers, place);
    if (this.#held.pace.stand === "idle") {
      await held.done;
      return false;
    }
    const other = this.#start(this.#other, this.#job(table, buffers, meanwhile, ENDLESS));
    // It stands still where it waits for the one that is held.
    if (this.#other.pace.settled(SETTLE_LIMIT_MS) === "running")
      throw new Error("hung: what happens meanwhile has no end");
    this.#held.pace.grant(ENDLESS);
    this.#finish();
    await Promise.all([held.done, other]);
    this.#do(table, recorder, { verb: "get" });
    const evicts = meanwhile.includes("evict") || meanwhile.includes("age");
    judge({ seed: place, evicts }, place, readHistory(buffers));
    table.verify();
    return true;
  }

  close(): void {
    this.#table?.close();
  }

  async #hold(
    table: SharedTable,
    buffers: HistoryBuffers,
    place: number,
  ): Promise<{ done: Promise<unknown> }> {
    const { held } = this.#setting;
    const version = table.getEntry("key:0")?.version ?? 0;
    const call = "expected" in held && held.expected === 0 ? { ...held, expected: version } : held;
    const done = this.#start(this.#held, this.#job(table, buffers, [call], place));
    assert.notEqual(this.#held.pace.settled(SETTLE_LIMIT_MS), "running", "hung: the call that is to be held");
    return { done };
  }

  #start(hand: Hand, job: HeldJob): Promise<unknown> {
    hand.pace.prepare();
    const done = hand.call("play", job);
    done.catch(() => undefined);
    return done;
  }

  #job(table: SharedTable, buffers: HistoryBuffers, script: HeldJob["script"], steps: number): HeldJob {
    return { handle: table.handle, buffers, style: this.#setting.style, script, steps };
  }

  /** Both go on until they are done; whoever stands still, since he waits, gets another turn after the other. */
  #finish(): void {
    const hands = [this.#held, this.#other];
    for (let turn = 0; ; turn += 1) {
      const stands = hands.map(({ pace }) => pace.settled(SETTLE_LIMIT_MS));
      if (stands.every((stand) => stand === "idle")) return;
      assert.ok(
        turn < TURNS_MAX && !stands.includes("running"),
        `hung: after ${turn} turns they are ${stands}`,
      );
      for (const { pace } of hands) if (pace.stand === "standing") pace.grant(ENDLESS);
    }
  }

  /** An index that has grown does not shrink, so growth wants a new table each time; others are cleared. */
  #freshTable(): SharedTable {
    const { meanwhile } = this.#setting;
    const tight = meanwhile.includes("recycle") || meanwhile.includes("clean");
    if (this.#table === undefined || meanwhile.includes("grow")) {
      this.#table?.close();
      this.#table = SharedTable.create({ ...small, evict: !tight, clock: this.clock });
    } else this.#table.clear();
    for (let n = 0; tight && n < FILLING; n += 1) this.#table.set(`filling:${n}`, new Uint8Array(15_000));
    return this.#table;
  }

  #do(table: SharedTable, recorder: Recorder, call: RegisterCall): void {
    recorder.record(0, call, () => perform(table, 0, call, this.#setting.style));
  }
}

/** Fills up this thread's segment with what is dead: all that the key has been given stands among dead items, in a sealed one. */
function sealSegment(table: SharedTable): void {
  for (let n = 0; n < 6; n += 1) table.set("dead", new Uint8Array(3_900));
  table.delete("dead");
}
