/**
 * What servers of a fleet tell each other, and what this worker does about what it hears: drops from the table what others wrote.
 * Each worker listens and tells by itself; the table is theirs in common, so it is up to date while one of them hears.
 *
 * A key is told with the server's own id before it: workers of one server pass over what a neighbour tells, since he has put into
 * the table what he wrote.
 *
 *     id k user:1        that key          id p user:        all keys that begin so
 */
import { systemClock } from "stowage";
import type { Bus } from "stowage/stores";
import { Feed, type Stamps } from "stowage/tiered";
import type { L2Counts } from "./figures.js";
import type { Shelf } from "./shelf.js";

export interface CoherenceParts {
  readonly bus: Bus;
  readonly channel: string;
  /** Of eight characters, the same for all workers of the server. */
  readonly serverId: string;
  readonly shelf: Shelf;
  readonly stamps: Stamps;
  readonly counts: L2Counts;
  /** For how long the table is believed though nothing is heard. */
  readonly boundMs: number;
  readonly beatMs: number;
  /** Something was found out, for the log. */
  readonly told: (level: "info" | "warn", text: string) => void;
}

export const SERVER_ID_CHARS = 8;
const KEY = "k";
const PREFIX = "p";

export class Coherence {
  readonly #parts: CoherenceParts;
  readonly #feed: Feed;
  #isTrusted = false;
  #isBehind = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: CoherenceParts) {
    this.#parts = parts;
    const { bus, channel, beatMs, stamps, counts } = parts;
    counts.set("behind", 1);
    this.#feed = new Feed(
      { bus, channel, beatMs, clock: systemClock, epoch: () => stamps.epoch },
      {
        keys: (keys) => this.#heard(keys),
        marks: (marks, epoch) => this.#invalidated(marks, epoch),
        flush: (reason) => this.#flush(reason),
        behind: (isBehind) => this.#behind(isBehind),
      },
    );
  }

  /** Whether what the table has is an answer. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** Whether what is put into the table now would be dropped when another server writes it. */
  get isHearing(): boolean {
    return !this.#isBehind;
  }

  /** Tells the others that the keys were written. */
  wrote(keys: readonly string[]): Promise<void> {
    const { serverId } = this.#parts;
    return this.#tell((feed) => feed.publishKeys(keys.map((key) => serverId + KEY + key)));
  }

  wrotePrefix(prefix: string): Promise<void> {
    return this.#tell((feed) => feed.publishKeys([this.#parts.serverId + PREFIX + prefix]));
  }

  wroteTags(tags: readonly string[], epoch: number): Promise<void> {
    return this.#tell((feed) => feed.publishTags(tags, epoch));
  }

  wroteAll(): Promise<void> {
    return this.#tell((feed) => feed.publishClear());
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#feed.close();
  }

  /** Resolves when the bus has it, or has failed: then the others find that something is missing. */
  #tell(publish: (feed: Feed) => void): Promise<void> {
    this.#parts.counts.add("sent");
    publish(this.#feed);
    return this.#feed.drain();
  }

  #heard(texts: readonly string[]): void {
    const { serverId, shelf, counts } = this.#parts;
    counts.add("received");
    for (const text of texts) {
      if (text.startsWith(serverId)) continue;
      const name = text.slice(SERVER_ID_CHARS + 1);
      if (text[SERVER_ID_CHARS] === KEY) shelf.drop(name);
      else
        shelf
          .dropPrefix(name)
          .catch((error) => this.#parts.told("warn", `a prefix was not dropped: ${error}`));
    }
  }

  #invalidated(marks: readonly string[], epoch: number): void {
    const { stamps, shelf, counts } = this.#parts;
    counts.add("received");
    stamps.heard(marks, epoch);
    for (const mark of marks) shelf.dropTag(mark);
  }

  #flush(reason: string): void {
    const { stamps, shelf, counts } = this.#parts;
    counts.add("flushes");
    stamps.forget();
    shelf.clear();
    this.#parts.told("info", `the table was cleared: ${reason}`);
  }

  #behind(isBehind: boolean): void {
    const { stamps, counts, boundMs, told } = this.#parts;
    if (isBehind === this.#isBehind) return;
    this.#isBehind = isBehind;
    counts.set("behind", isBehind ? 1 : 0);
    stamps.setBehind(isBehind);
    clearTimeout(this.#timer);
    if (!isBehind) this.#isTrusted = true;
    else if (this.#isTrusted) {
      told("warn", `what other servers write is not heard; in ${boundMs} ms the table is no answer any more`);
      this.#timer = setTimeout(() => {
        this.#isTrusted = false;
      }, boundMs);
      this.#timer.unref();
    }
  }
}
