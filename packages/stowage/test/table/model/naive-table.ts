/**
 * The shared table as anyone would write it in ten minutes: one Map from bytes to bytes, no bound, every question answered by
 * looking. It shares no code with the real one, which has to agree with it. Evictions it is told (`drop`), versions too: the
 * real one makes them up, and here is only checked that they grow.
 */
import type { Bytes, Key } from "stowage/table";

export interface Held {
  value: Buffer;
  flags: number;
  version: number;
  ttl: number | null;
  endsAt: number;
  tags: readonly string[];
}

export interface NaiveOptions {
  ttl?: number | null;
  flags?: number;
  tags?: readonly string[];
}

export class NaiveTable {
  now = 0;
  readonly #held = new Map<string, Held>();
  /** The highest version each key ever had. */
  readonly #versions = new Map<string, number>();

  constructor(readonly ttlDefault: number | null = null) {}

  entry(key: Key): Held | undefined {
    const held = this.#held.get(nameOf(key));
    return held !== undefined && this.now < held.endsAt ? held : undefined;
  }

  ttl(key: Key): number | null | undefined {
    const held = this.entry(key);
    return held && (held.ttl === null ? null : held.endsAt - this.now);
  }

  set(key: Key, value: Bytes, { ttl = this.ttlDefault, flags = 0, tags = [] }: NaiveOptions = {}): void {
    const held = { value: bytesOf(value), flags, version: 0, ttl, endsAt: this.now + (ttl ?? NEVER), tags };
    this.#held.set(nameOf(key), held);
  }

  delete(key: Key): boolean {
    const had = this.entry(key) !== undefined;
    this.#held.delete(nameOf(key));
    return had;
  }

  /** The same entry with other bytes: time, flags and tags stay. */
  change(key: Key, value: Bytes): void {
    const held = this.entry(key);
    if (held === undefined) this.set(key, value);
    else Object.assign(held, { value: bytesOf(value), version: 0 });
  }

  append(key: Key, more: Bytes): number {
    this.change(key, Buffer.concat([this.entry(key)?.value ?? Buffer.alloc(0), bytesOf(more)]));
    return this.entry(key)?.value.length ?? 0;
  }

  expire(key: Key, ttl: number | null): boolean {
    const held = this.entry(key);
    if (held === undefined) return false;
    held.ttl = ttl;
    held.endsAt = this.now + (ttl ?? NEVER);
    return true;
  }

  touch(key: Key): boolean {
    return this.expire(key, this.entry(key)?.ttl ?? null);
  }

  clear(): void {
    this.#held.clear();
  }

  /** What bears the tag is as good as expired: gone, but it may still take up room. */
  invalidateTag(tag: string): void {
    for (const held of this.#held.values()) if (held.tags.includes(tag)) held.endsAt = this.now;
  }

  /** The real table has evicted it. */
  drop(key: Key): void {
    this.#held.delete(nameOf(key));
  }

  /** For a second attempt with another assumption. */
  saved(key: Key): Held | undefined {
    const held = this.#held.get(nameOf(key));
    return held && { ...held };
  }

  restore(key: Key, held: Held | undefined): void {
    if (held === undefined) this.#held.delete(nameOf(key));
    else this.#held.set(nameOf(key), held);
  }

  /** The real table says this version; false if it cannot be. */
  accept(key: Key, version: number): boolean {
    const name = nameOf(key);
    const held = this.entry(key);
    const highest = this.#versions.get(name) ?? 0;
    if (held === undefined) return false;
    if (held.version !== 0) return held.version === version;
    if (version <= highest) return false;
    held.version = version;
    this.#versions.set(name, version);
    return true;
  }

  /** Live entries by their keys' bytes, one character each. */
  live(prefix: Key = ""): Map<string, Held> {
    const start = nameOf(prefix);
    return new Map(
      [...this.#held].filter(([name, { endsAt }]) => name.startsWith(start) && this.now < endsAt),
    );
  }

  /** Also those that have expired and may still take up room. */
  get sizeMax(): number {
    return this.#held.size;
  }
}

const NEVER = Number.POSITIVE_INFINITY;

/** Of long keys, whose bytes are much work to spell out. */
const names = new Map<Key, string>();

export function nameOf(key: Key): string {
  let name = names.get(key);
  if (name === undefined) {
    name = keyBytes(key).toString("latin1");
    if (key.length > 1_000) names.set(key, name);
  }
  return name;
}

export function bytesOf(value: Bytes): Buffer {
  return typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
}

/** WTF-8: as UTF-8, and a lone surrogate as the three bytes of its number. */
export function keyBytes(key: Key): Buffer {
  if (typeof key !== "string") return Buffer.from(key);
  if (/^[\0-\x7f]*$/.test(key)) return Buffer.from(key, "latin1");
  const parts = [...key].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) return Buffer.from(character, "utf8");
    return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]);
  });
  return Buffer.concat(parts);
}
