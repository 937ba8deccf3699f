/**
 * What a warmer of tiers brings goes into L2 and into this process's L1. A warmer is a load: what was written since it began is newer,
 * and stays. In L2 that is kept so: a record that is younger than the warmer's beginning stays, an older one (or none) is replaced
 * under a lease, which a write by others ends; and what the bus tells of meanwhile is left out.
 *
 * What L2 does not take is in L1 alone.
 */
import type { WarmedCache, Warmth } from "../../cache/services/loading.js";
import type { SetOptions } from "../../cache/types.js";
import { l1TtlMs } from "../l1/lives.js";
import type { Read, RecordHead, Records } from "../l2/records.js";
import { isAway } from "../l2/trouble.js";
import { setOptions } from "../options.js";
import type { TieredState } from "../state.js";
import { checkTags } from "../verbs/write.js";

type Entry = readonly [string, unknown];

/** Entries that are asked for and filled at a time. */
const CHUNK = 100;
/** For how long a key is left to the one who fills it. */
const LEASE_MS = 5_000;

export class TieredWarmth implements Warmth<string, unknown> {
  readonly #state: TieredState;
  readonly #near: Warmth<string, unknown>;
  readonly #epoch: number;
  /** On the calendar. */
  readonly #beganMs: number;

  constructor(s: TieredState) {
    this.#state = s;
    this.#near = (s.l1.loading as unknown as WarmedCache<string, unknown>).shelf.watchAll();
    this.#epoch = s.records?.epoch ?? 0;
    this.#beganMs = s.hub.clock.wall();
  }

  async store(entries: readonly Entry[], options: SetOptions | undefined): Promise<number> {
    const s = this.#state;
    const { ttl, l1Ttl, tags } = setOptions.bind(options, "warmer");
    if (tags.length > 0) checkTags(s, "warmer");
    const ttlMs = ttl === undefined ? s.options.ttl : ttl;
    const head = { epoch: this.#epoch, ttlMs, keepMs: s.keepMs, tags, loadMs: 0 };
    const stored = await this.#storeFar(entries, head);
    const nearMs = l1TtlMs(s, ttlMs, l1Ttl);
    if (s.hub.isClosed) return stored.length;
    if (nearMs !== undefined && s.l1.keeps) await this.#near.store(stored, { ttl: nearMs, tags });
    s.hub.bus?.publishKeys(stored.map(([key]) => s.keys.scoped(key)));
    return stored.length;
  }

  end(): void {
    this.#near.end();
  }

  async #storeFar(entries: readonly Entry[], head: RecordHead): Promise<readonly Entry[]> {
    const { records } = this.#state;
    if (records === null) return entries;
    const stored: Entry[] = [];
    for (let at = 0; at < entries.length; at += CHUNK)
      stored.push(...(await this.#storeChunk(records, entries.slice(at, at + CHUNK), head)));
    return stored;
  }

  async #storeChunk(records: Records, chunk: readonly Entry[], head: RecordHead): Promise<readonly Entry[]> {
    try {
      const reads = await records.readMany(chunk.map(([key]) => key));
      const done = await Promise.all(
        chunk.map((entry, index) => this.#fill(records, entry, reads[index], head)),
      );
      return chunk.filter((_, index) => done[index]);
    } catch (error) {
      if (isAway(error)) return chunk;
      throw error;
    }
  }

  /** False: somebody else wrote the key since the warmer began. */
  async #fill(records: Records, [key, value]: Entry, read: Read, head: RecordHead): Promise<boolean> {
    const { found, bytes } = read;
    if (found !== undefined && found.createdMs >= this.#beganMs) return false;
    if (!records.canLease) return records.write(key, value, head).then(() => true);
    const lease = await records.lease(key, { ttlMs: LEASE_MS, seen: bytes });
    return lease.kind === "granted" && records.fill(key, value, head, lease.token);
  }
}
