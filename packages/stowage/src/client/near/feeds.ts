/**
 * The feeds of all servers: one for each, as servers come and go, and a look at all of them from time to time. It also
 * notices when the machine slept: then no time has passed by the monotonic clock, and a lot by the calendar's.
 */
import type { TimerHandle } from "../../base/clock.js";
import type { Node } from "../nodes/types.js";
import { Feed } from "./feed.js";
import type { BoundNearOptions } from "./options.js";
import { heartbeatMsOf, pathOf } from "./path.js";
import type { NearParts } from "./types.js";

export interface FeedsListener {
  keyChanged(key: string): void;
  longKeyChanged(start: string, length: number): void;
  /** All entries of a server have lost their epoch. */
  allGone(): void;
  wasReset(): void;
  /** Before each look. */
  ticked(): void;
}

/** An eighth of the bound: how soon dead connections are found. */
const TICKS = 8;

export class Feeds {
  readonly #options: BoundNearOptions;
  readonly #parts: NearParts;
  readonly #listener: FeedsListener;
  readonly #feeds = new Map<Node, Feed>();
  readonly #leave: () => void;
  #tick: TimerHandle | undefined;
  #tickedAtMs: number;
  #tickedWallMs: number;

  constructor(options: BoundNearOptions, parts: NearParts, listener: FeedsListener) {
    this.#options = options;
    this.#parts = parts;
    this.#listener = listener;
    this.#tickedAtMs = parts.clock.now();
    this.#tickedWallMs = parts.clock.wall();
    this.#leave = parts.cluster.onChange((nodes) => this.#follow(nodes));
    this.#follow(parts.cluster.nodes);
    this.#setTick();
  }

  get size(): number {
    return this.#feeds.size;
  }

  /** Of the server that has the key; undefined: there is none. */
  of(key: string): Feed | undefined {
    return this.#feeds.size === 0 ? undefined : this.#feeds.get(this.#parts.cluster.nodeOf(key));
  }

  all(): IterableIterator<Feed> {
    return this.#feeds.values();
  }

  /** Of the server that is furthest behind; Infinity: there is one that was never heard, or none at all. */
  lagMs(): number {
    if (this.#feeds.size === 0) return Number.POSITIVE_INFINITY;
    const nowMs = this.#parts.clock.now();
    return Math.max(0, ...[...this.#feeds.values()].map((feed) => feed.lagMs(nowMs)));
  }

  close(): void {
    this.#leave();
    if (this.#tick !== undefined) this.#parts.clock.clearTimer(this.#tick);
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  /** From now on these nodes. */
  #follow(nodes: readonly Node[]): void {
    for (const [node, feed] of this.#feeds) {
      if (nodes.includes(node)) continue;
      this.#feeds.delete(node);
      feed.close();
    }
    for (const feed of this.#feeds.values()) feed.handOver();
    for (const node of nodes) if (!this.#feeds.has(node)) this.#begin(node);
  }

  #begin(node: Node): void {
    const { clock, random = Math.random, onError, onEvent } = this.#parts;
    const { maxStaleness, prefixes } = this.#options;
    const heartbeatMs = heartbeatMsOf(maxStaleness);
    const listener = this.#listener;
    const feed = new Feed({
      node,
      clock,
      random,
      path: pathOf(heartbeatMs, prefixes),
      maxStalenessMs: maxStaleness,
      heartbeatMs,
      keyChanged: (key) => listener.keyChanged(key),
      longKeyChanged: (start, length) => listener.longKeyChanged(start, length),
      allGone: () => listener.allGone(),
      onState: (state) => {
        if (state === "reset") listener.wasReset();
        onEvent?.({ type: "near", node: node.url, state });
      },
      onError,
    });
    this.#feeds.set(node, feed);
    feed.start();
  }

  #setTick(): void {
    const everyMs = this.#options.maxStaleness / TICKS;
    this.#tick = this.#parts.clock.setTimer(() => this.#onTick(everyMs), everyMs);
  }

  #onTick(everyMs: number): void {
    const { clock } = this.#parts;
    const nowMs = clock.now();
    const wallMs = clock.wall();
    const passedMs = nowMs - this.#tickedAtMs;
    const sleptMs = wallMs - this.#tickedWallMs - passedMs;
    this.#tickedAtMs = nowMs;
    this.#tickedWallMs = wallMs;
    this.#listener.ticked();
    for (const feed of this.#feeds.values()) {
      // The time up to which everything is known is longer ago than it looks.
      if (sleptMs > this.#options.maxStaleness / 2) feed.distrust();
      feed.tick(nowMs, passedMs > 2 * everyMs);
    }
    this.#setTick();
  }
}
