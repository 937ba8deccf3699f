/**
 * A cache in this process in front of the servers, kept coherent by the changes that they tell of.
 *
 * What must hold, and why it does:
 *
 *   - A value that is given out was its server's value at some moment not longer ago than `maxStaleness`. It was true when
 *     its read was under way. If it was changed since, the feed tells so, and the entry goes; until that is heard, the
 *     moment up to which everything is known (horizon.ts) lies before the change; and when that moment is too long ago,
 *     nothing is given out.
 *   - A change that is heard while a read is under way may be one that the read did not see. So it is not kept. And none is
 *     kept that began before changes were heard at all: subscribe, then fill.
 *   - What this client writes is gone here when the write begins, and once more when it has ended: whoever reads then asks
 *     the server.
 *   - An entry lives no longer than on its server, reckoned from when its read began.
 *
 * A hit costs a look-up and a comparison. What time it is would cost more than both, so a reading of the clock is trusted
 * for TRUSTED_READS more hits of entries with half the bound in hand, and until the next tick. That can only be wrong if
 * the event loop is blocked for three eighths of the bound, and what follows in the same turn are hits: these may be as
 * much older. A clock that the user passes is asked each time, and so is a browser's.
 *
 * Values are kept by reference: all who ask get the same object.
 */
import { type Clock, systemClock } from "../../base/clock.js";
import { findNodeBuiltin } from "../../base/node.js";
import { Cache } from "../../cache/cache.js";
import type { OperationResult } from "../wire/operation.js";
import type { Epoch } from "./epoch.js";
import { Feeds } from "./feeds.js";
import { labelOf, labelTold } from "./long-keys.js";
import type { BoundNearOptions } from "./options.js";
import { Read, Reads } from "./reads.js";
import { readThrough } from "./through.js";
import type { Near, NearParts, NearRead, NearStats } from "./types.js";

const TRUSTED_READS = 128;

interface Kept {
  readonly value: unknown;
  /** The client's clock, before its read was sent. */
  readonly beganAtMs: number;
  epoch: Epoch;
}

export class NearCache implements Near {
  readonly #options: BoundNearOptions;
  readonly #parts: NearParts;
  readonly #cache: Cache<string, Kept>;
  readonly #feeds: Feeds;
  readonly #reads = new Reads();
  readonly #boundMs: number;
  readonly #economical: boolean;
  /** How many more hits may go by the last reading of the clock, of epochs known until after `farFrom`. */
  #trusted = 0;
  #farFrom = Number.POSITIVE_INFINITY;
  #closed = false;
  #hits = 0;
  #misses = 0;
  #overtaken = 0;
  #invalidations = 0;
  #resets = 0;

  /** @param economical whether readings of the clock are trusted for a while */
  constructor(options: BoundNearOptions, parts: NearParts, economical = hasPromptTimers(parts.clock)) {
    this.#options = options;
    this.#parts = parts;
    this.#boundMs = options.maxStaleness;
    this.#economical = economical;
    this.#cache = cacheOf(options, parts);
    this.#feeds = new Feeds(options, parts, {
      keyChanged: (key) => this.#drop(key),
      longKeyChanged: (start, length) => this.#dropLong(start, length),
      allGone: () => this.#allGone(),
      wasReset: () => this.#resets++,
      ticked: () => {
        this.#trusted = 0;
      },
    });
  }

  peek(key: string): unknown {
    if (this.#closed) return undefined;
    const kept = this.#cache.get(key);
    if (kept !== undefined && (this.#isFresh(kept.epoch) || this.#isStillGood(key, kept))) {
      this.#hits++;
      return kept.value;
    }
    this.#misses++;
    return undefined;
  }

  read(key: string, ask: (withMeta: boolean) => Promise<OperationResult>): Promise<unknown> {
    return readThrough(this, key, ask);
  }

  begin(key: string): NearRead | undefined {
    const feed = this.#isKept(key) ? this.#feeds.of(key) : undefined;
    if (feed === undefined || (!feed.isOpen && this.#options.whenBehind === "off")) return undefined;
    if (this.#reads.has(key)) return undefined;
    const read = new Read(key, this.#parts.clock.now(), feed.plain, feed.tagged);
    this.#reads.add(read);
    return read;
  }

  fill(begun: NearRead, value: unknown, ttlMs: number | null, isTagged = true): void {
    const read = begun as Read;
    const epoch = this.#movedTo(isTagged ? read.tagged : read.plain, read.key);
    if (this.#closed || value === undefined) this.abandon(read);
    else if (read.isOvertaken || epoch === undefined) {
      this.#overtaken++;
      this.abandon(read);
    } else {
      this.#reads.remove(read);
      this.#keep(read.key, { value, beganAtMs: read.beganAtMs, epoch }, ttlMs);
    }
  }

  abandon(read: NearRead): void {
    this.#reads.remove(read as Read);
  }

  written(key: string): void {
    if (!this.#closed) this.#drop(key);
  }

  writtenAll(): void {
    for (const feed of this.#feeds.all()) feed.dropAll();
  }

  tagInvalidated(_tag: string): void {
    for (const feed of this.#feeds.all()) feed.dropTagged();
  }

  stats(): NearStats {
    const lagMs = this.#feeds.lagMs();
    return {
      hits: this.#hits,
      misses: this.#misses,
      size: this.#closed ? 0 : this.#cache.size(),
      overtaken: this.#overtaken,
      invalidations: this.#invalidations,
      resets: this.#resets,
      coherent: !this.#closed && lagMs <= this.#boundMs,
      lagMs,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#feeds.close();
    this.#cache.close();
  }

  #isFresh(epoch: Epoch): boolean {
    return (epoch.knownUntilMs > this.#farFrom && this.#trusted-- > 0) || this.#readAndCompare(epoch);
  }

  #readAndCompare(epoch: Epoch): boolean {
    const nowMs = this.#parts.clock.now();
    if (this.#economical) {
      this.#trusted = TRUSTED_READS;
      this.#farFrom = nowMs - this.#boundMs / 2;
    }
    return nowMs - epoch.knownUntilMs <= this.#boundMs;
  }

  /** Of an entry that is not known to be up to date: perhaps its epoch was handed over, or it may be given out all the same. */
  #isStillGood(key: string, kept: Kept): boolean {
    const epoch = this.#movedTo(kept.epoch, key);
    if (epoch === undefined) {
      this.#cache.delete(key);
      return false;
    }
    if (epoch !== kept.epoch) {
      kept.epoch = epoch;
      if (this.#isFresh(epoch)) return true;
    }
    const { whenBehind } = this.#options;
    return whenBehind !== "off" && this.#parts.clock.now() - kept.beganAtMs <= whenBehind.ttl;
  }

  /** The epoch that an entry of this one belongs to now; undefined: to none, as it is over or the key has moved. */
  #movedTo(epoch: Epoch, key: string): Epoch | undefined {
    const { latest } = epoch;
    if (latest.isOver) return undefined;
    return latest === epoch || this.#feeds.of(key)?.node === latest.node ? latest : undefined;
  }

  #keep(key: string, kept: Kept, ttlMs: number | null): void {
    const leftMs = ttlMs === null ? null : Math.floor(ttlMs - (this.#parts.clock.now() - kept.beganAtMs));
    if (leftMs !== null && leftMs < 1) return;
    const own = this.#options.ttl;
    const ttl = leftMs === null ? own : own === null ? leftMs : Math.min(leftMs, own);
    const label = labelOf(key);
    try {
      this.#cache.set(key, kept, { ttl, ...(label !== undefined && { tags: [label] }) });
    } catch (error) {
      // The user's weigher or policy: his read has its value all the same, and no older one may stay.
      this.#cache.delete(key);
      this.#parts.onError(error);
    }
  }

  #drop(key: string): void {
    if (this.#cache.delete(key)) this.#invalidations++;
    this.#reads.overtake(key);
  }

  #dropLong(start: string, length: number): void {
    const label = labelTold(start, length);
    if (label === undefined) {
      for (const feed of this.#feeds.all()) feed.dropAll();
      return;
    }
    this.#invalidations++;
    this.#cache.invalidateTag(label);
    this.#reads.overtakeLong(label);
  }

  #isKept(key: string): boolean {
    if (this.#closed) return false;
    const { prefixes } = this.#options;
    return prefixes === null || prefixes.some((prefix) => key.startsWith(prefix));
  }

  /** Entries whose epoch is over go when they are asked for; of a single server all are, so their memory can go at once. */
  #allGone(): void {
    this.#reads.overtakeAll();
    if (this.#feeds.size === 1 && !this.#closed) this.#cache.clear();
  }
}

/** Pages in the background have their timers held back, for a minute if need be: there, trust would not end in time. */
function hasPromptTimers(clock: Clock): boolean {
  return clock === systemClock && findNodeBuiltin("node:net") !== undefined;
}

function cacheOf(options: BoundNearOptions, { clock, onError }: NearParts): Cache<string, Kept> {
  const { max, maxWeight, weigher, policy } = options;
  return new Cache<string, Kept>({
    name: "near",
    max,
    ...(maxWeight !== Number.POSITIVE_INFINITY && { maxWeight }),
    ...(weigher !== null && { weigher: ({ value }: Kept, key: string) => weigher(value, key) }),
    policy,
    stats: false,
    clock,
    onError,
  });
}
