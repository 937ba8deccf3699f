/**
 * What this process hears of others, and what it does while it hears nothing: L1 drops what was written elsewhere; what it has had for
 * longer than `whenBehind.ttl` when the bus is away for so long goes; and all of it when messages were missed.
 */
import type { TimerHandle } from "../../base/clock.js";
import { readMark, readScopedKey } from "../l2/keys.js";
import type { Hub } from "../state.js";
import type { Stamps } from "../tags/index.js";
import { dropAll, dropKeys, dropSpace, dropTags } from "./drops.js";

export class Coherence {
  readonly #hub: Hub;
  readonly #stamps: Stamps | null;
  #timer: TimerHandle | null = null;

  constructor(hub: Hub, stamps: Stamps | null) {
    this.#hub = hub;
    this.#stamps = stamps;
  }

  keys(texts: readonly string[]): void {
    const { spaces, isClosed } = this.#hub;
    if (isClosed) return;
    for (const text of texts) {
      const { path, key } = readScopedKey(text);
      const space = spaces.get(path);
      if (space !== undefined) dropKeys(space, [key]);
    }
  }

  marks(marks: readonly string[], epoch: number): void {
    this.#stamps?.heard(marks, epoch);
    if (this.#hub.isClosed) return;
    for (const mark of marks) this.#drop(mark);
  }

  flush(reason: string): void {
    if (this.#hub.isClosed) return;
    this.#stamps?.forget();
    this.#dropAll();
    this.#hub.emit({ type: "flush", reason });
  }

  behind(isBehind: boolean): void {
    if (this.#hub.isClosed) return;
    this.#stamps?.setBehind(isBehind);
    this.#stopTimer();
    const { clock, emit, whenBehindMs } = this.#hub;
    emit({ type: "behind", isBehind });
    if (!isBehind || whenBehindMs === null) return;
    this.#timer = clock.setTimer(() => {
      this.#timer = null;
      this.#dropAll();
    }, whenBehindMs);
  }

  close(): void {
    this.#stopTimer();
  }

  /** A namespace that is not there has nothing in L1, nor have those in it. */
  #drop(text: string): void {
    const mark = readMark(text);
    const space = mark && this.#hub.spaces.get(mark.path);
    if (space === undefined) return;
    if (mark?.kind === "tag") dropTags(space, [mark.tag]);
    else dropSpace(space);
  }

  #dropAll(): void {
    for (const space of this.#hub.spaces.values()) dropAll(space);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#hub.clock.clearTimer(this.#timer);
    this.#timer = null;
  }
}
