/**
 * The cache as anyone would write it in ten minutes: one Map, no bound, no janitor, every question answered by looking.
 * It shares no code with the real one, which has to agree with it. Evictions it is told (`drop`). For loads it logs
 * every write and invalidation, so that it can say whether one came between two moments.
 */
interface Held {
  value: unknown;
  /** The ttl that `refresh` restarts; null when it never expires. */
  ttl: number | null;
  endsAt: number;
  tags: readonly string[];
}

type Change = { readonly key: unknown } | { readonly tag: string } | { readonly all: true };

export class NaiveCache {
  now = 0;
  #held = new Map<unknown, Held>();
  #log: Change[] = [];

  get(key: unknown): unknown {
    return this.#live(key)?.value;
  }

  set(key: unknown, value: unknown, ttl: number | null = null, tags: readonly string[] = []): void {
    this.#log.push({ key });
    this.load(key, value, ttl, tags);
  }

  /** A load brought it: stored, but no write that other loads would have to heed. */
  load(key: unknown, value: unknown, ttl: number | null, tags: readonly string[]): void {
    this.#held.set(key, { value, ttl, endsAt: this.now + (ttl ?? Number.POSITIVE_INFINITY), tags });
  }

  /** Another value, the same expiry and tags; false when there is none. */
  update(key: unknown, value: unknown): boolean {
    const held = this.#live(key);
    if (held === undefined) return false;
    this.#log.push({ key });
    held.value = value;
    return true;
  }

  delete(key: unknown): boolean {
    const had = this.#live(key) !== undefined;
    this.#log.push({ key });
    return this.#held.delete(key) && had;
  }

  clear(): void {
    this.#log.push({ all: true });
    this.#held.clear();
  }

  invalidateTag(tag: string): void {
    this.#log.push({ tag });
    for (const [key, { tags }] of this.#held) if (tags.includes(tag)) this.#held.delete(key);
  }

  expire(key: unknown, ttl: number | null): boolean {
    const held = this.#live(key);
    if (held === undefined) return false;
    held.ttl = ttl;
    held.endsAt = this.now + (ttl ?? Number.POSITIVE_INFINITY);
    return true;
  }

  refresh(key: unknown): boolean {
    return this.expire(key, this.#live(key)?.ttl ?? null);
  }

  ttl(key: unknown): number | null | undefined {
    const held = this.#live(key);
    return held && (held.ttl === null ? null : held.endsAt - this.now);
  }

  keys(): unknown[] {
    return [...this.#held.keys()].filter((key) => this.#live(key) !== undefined);
  }

  drop(key: unknown): void {
    this.#held.delete(key);
  }

  moment(): number {
    return this.#log.length;
  }

  /** Was the key, one of the tags, or everything written or invalidated between the two moments? */
  changed(key: unknown, tags: readonly string[], from: number, to = this.moment()): boolean {
    return this.#log.slice(from, to).some((change) => {
      if ("all" in change) return true;
      return "tag" in change ? tags.includes(change.tag) : Object.is(change.key, key);
    });
  }

  #live(key: unknown): Held | undefined {
    const held = this.#held.get(key);
    return held !== undefined && this.now < held.endsAt ? held : undefined;
  }
}
