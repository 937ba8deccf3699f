/**
 * Follows the changes of one server: keeps a connection, comes back by itself when it breaks, and knows up to which moment
 * everything is known.
 *
 *     connect ── first `alive` ──> open: what is read from now on may be kept
 *        ^                            │  events: drop what they name
 *        └── backs off <── broken, silent, or ended
 *                          resumes from the last id; told `reset`, drops everything
 *
 * While there is no connection entries stay: what is missed will be told on resuming, or a reset in its place. They are
 * given out for as long as the bound allows, and not beyond (near-cache.ts).
 *
 * A server that refuses to be followed (401, 403, 404) is asked again each minute; that is told once.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { fullJitter } from "../../resilience/backoff.js";
import { ServerRefusedError } from "../errors.js";
import type { Node } from "../nodes/types.js";
import { type Change, changeOf, placeOf } from "./changes.js";
import { Connection } from "./connection.js";
import { Epoch } from "./epoch.js";
import type { StreamEvent } from "./event-stream.js";
import { isLasting, refusalOf } from "./refusal.js";

export type FeedState = "starting" | "coherent" | "behind" | "off";

export interface FeedParts {
  readonly node: Node;
  readonly clock: Clock;
  readonly random: () => number;
  /** Path and query of the changes. */
  readonly path: string;
  readonly maxStalenessMs: number;
  /** How often the path asks for an \`alive\`. */
  readonly heartbeatMs: number;
  /** An entry that is or may be kept has changed; for all that came from this server, see the epochs. */
  keyChanged(key: string): void;
  longKeyChanged(start: string, length: number): void;
  /** Both epochs are new. */
  allGone(): void;
  onState(state: "coherent" | "behind" | "reset" | "off"): void;
  onError(error: unknown): void;
}

/** A connection that lasted so long was a good one: the next one is tried at once. */
const GOOD_MS = 1_000;
const REFUSED_PAUSE_MS = 60_000;
/** Heartbeats that may be late, or one of them lost, before the connection counts as dead. */
const SILENT_BEATS = 2.5;
/** Share of the bound. Without any `alive` that keeps to the bound for so long, another connection may do better. */
const USELESS_SHARE = 2;

export class Feed {
  readonly node: Node;
  /** Of entries without tags, and of those with. */
  plain: Epoch;
  tagged: Epoch;
  /** Changes of whatever is read from now on will be told. */
  isOpen = false;
  resets = 0;
  readonly #parts: FeedParts;
  readonly #startedAtMs: number;
  #state: FeedState = "starting";
  #connection: Connection | undefined;
  /** Of the last event: from where to resume. */
  #place: string | undefined;
  /** The place that the first event of a resumed connection has to name, unless it is a reset. */
  #expected: string | undefined;
  #failures = 0;
  #pause: TimerHandle | undefined;
  #closed = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.node = parts.node;
    this.#startedAtMs = parts.clock.now();
    this.plain = new Epoch(parts.node);
    this.tagged = new Epoch(parts.node);
  }

  start(): void {
    // It handles what goes wrong itself; what is left is a mistake in here, or in a listener of the user's.
    this.#follow().catch((error: unknown) => this.#ended(error));
  }

  close(): void {
    this.#closed = true;
    if (this.#pause !== undefined) this.#parts.clock.clearTimer(this.#pause);
    this.#connection?.end();
    this.plain = this.plain.end();
    this.tagged = this.tagged.end();
    this.isOpen = false;
  }

  /** Milliseconds since the moment up to which all changes are known. */
  lagMs(nowMs: number): number {
    return nowMs - this.plain.knownUntilMs;
  }

  /** From time to time. `late`: the event loop was blocked, so what the connection brought may not have been read yet. */
  tick(nowMs: number, late: boolean): void {
    if (!late && this.#isUseless(nowMs)) this.#connection?.end();
    const { maxStalenessMs } = this.#parts;
    if (this.lagMs(nowMs) <= maxStalenessMs) this.#enter("coherent");
    else if (nowMs - Math.max(this.#startedAtMs, this.plain.knownUntilMs) > maxStalenessMs)
      this.#enter("behind");
  }

  /** What is known counts for nothing, as time went by unnoticed. What was missed will be told on another connection. */
  distrust(): void {
    this.plain.knownUntilMs = Number.NEGATIVE_INFINITY;
    this.tagged.knownUntilMs = Number.NEGATIVE_INFINITY;
    this.#connection?.end();
  }

  /** Entries bear the epoch that was: all of them are dropped so. */
  dropAll(): void {
    this.plain = this.plain.end();
    this.dropTagged();
    this.#parts.allGone();
  }

  dropTagged(): void {
    this.tagged = this.tagged.end();
  }

  /** Servers came or went: entries have to look whether they still belong here. */
  handOver(): void {
    this.plain = this.plain.hand();
    this.tagged = this.tagged.hand();
  }

  async #follow(): Promise<void> {
    const { node, clock, path, maxStalenessMs: timeoutMs } = this.#parts;
    this.#expected = this.#place;
    const connection = new Connection({ node, clock, path, from: this.#place, timeoutMs });
    this.#connection = connection;
    let error: unknown;
    try {
      const stream = await connection.open();
      error = refusalOf(node, stream);
      if (error === undefined) await connection.read(stream, (event) => this.#take(event, connection));
    } catch (thrown) {
      error = thrown;
    }
    const wasEnded = connection.isEnded;
    connection.end();
    this.#ended(wasEnded ? undefined : error, connection);
  }

  /** Comes back later, unless it is closed. */
  #ended(error: unknown, connection?: Connection): void {
    if (this.#closed) return;
    const { clock } = this.#parts;
    const lasted = connection?.horizon.isKnown === true && clock.now() - connection.openedAtMs >= GOOD_MS;
    if (lasted) this.#failures = 0;
    this.#report(error);
    const pauseMs = isLasting(error) ? REFUSED_PAUSE_MS : this.#backoffMs(error);
    this.#failures++;
    this.#pause = clock.setTimer(() => this.start(), pauseMs);
  }

  /** The first one of several in a row. */
  #report(error: unknown): void {
    const isNews = isLasting(error) ? this.#state !== "off" : this.#failures === 0;
    if (error !== undefined && isNews) this.#parts.onError(error);
    if (isLasting(error)) this.#enter("off");
  }

  #backoffMs(error: unknown): number {
    const retryAfterMs = error instanceof ServerRefusedError ? error.retryAfterMs : undefined;
    return fullJitter(this.#failures + 1, { random: this.#parts.random, retryAfterMs });
  }

  #take(event: StreamEvent, connection: Connection): void {
    if (this.#closed || this.#connection !== connection) return;
    const change = changeOf(event);
    if (this.#expected !== undefined) {
      // A server that does not resume where it was asked to has left something out.
      if (change.kind !== "reset" && event.id !== this.#expected) this.#reset();
      this.#expected = undefined;
    }
    this.#apply(change, connection);
    this.#place = placeOf(event) ?? this.#place;
  }

  #apply(change: Change, connection: Connection): void {
    if (change.kind === "alive") this.#alive(connection, change.atMs);
    else if (change.kind === "key") this.#parts.keyChanged(change.key);
    else if (change.kind === "long-key") this.#parts.longKeyChanged(change.start, change.length);
    else if (change.kind === "tag") this.dropTagged();
    else if (change.kind === "clear") this.dropAll();
    else if (change.kind === "reset") this.#reset();
  }

  #alive({ horizon }: Connection, atMs: number): void {
    const nowMs = this.#parts.clock.now();
    // What was read before anything was followed is covered by nothing.
    if (!this.isOpen) this.dropAll();
    this.isOpen = true;
    const knownMs = Math.max(this.plain.knownUntilMs, Math.min(nowMs, horizon.alive(atMs)));
    this.plain.knownUntilMs = knownMs;
    this.tagged.knownUntilMs = knownMs;
    if (this.lagMs(nowMs) <= this.#parts.maxStalenessMs) this.#enter("coherent");
    if (horizon.isWorn(this.#parts.maxStalenessMs)) this.#connection?.end();
  }

  #reset(): void {
    this.resets++;
    this.dropAll();
    this.#parts.onState("reset");
  }

  #isUseless(nowMs: number): boolean {
    const { heardAtMs, openedAtMs } = this.#connection ?? {};
    if (heardAtMs === undefined || openedAtMs === undefined) return false;
    const { maxStalenessMs, heartbeatMs } = this.#parts;
    if (nowMs - heardAtMs > heartbeatMs * SILENT_BEATS) return true;
    return nowMs - Math.max(openedAtMs, this.plain.knownUntilMs) > maxStalenessMs * USELESS_SHARE;
  }

  #enter(state: "coherent" | "behind" | "off"): void {
    // Being off is being behind, and known why.
    if (state === this.#state || (state === "behind" && this.#state === "off")) return;
    this.#state = state;
    this.#parts.onState(state);
  }
}
