/** The whole client as a map that does everything at once. Shares no code with it. Time is not modelled: see world.ts. */
export class NaiveStore {
  /** Entries that a tag made invalid: servers may still count them. */
  hidden = 0;
  readonly #entries = new Map<string, { value: unknown; ttl: boolean; tags: readonly string[] }>();

  get(key: string): unknown {
    return structuredClone(this.#entries.get(key)?.value);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** `some`: it has a lifetime. */
  ttl(key: string): "some" | null | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : entry.ttl ? "some" : null;
  }

  set(key: string, value: unknown, ttl: boolean, tags: readonly string[]): void {
    this.#entries.set(key, { value: structuredClone(value), ttl, tags });
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  setLife(key: string, ttl: boolean | "same"): boolean {
    const entry = this.#entries.get(key);
    if (entry !== undefined && ttl !== "same") entry.ttl = ttl;
    return entry !== undefined;
  }

  /** "no number": what is there cannot be added to. */
  add(key: string, amount: number, from: number): number | "no number" {
    const entry = this.#entries.get(key);
    if (entry !== undefined && typeof entry.value !== "number") return "no number";
    const value = ((entry?.value as number | undefined) ?? from) + amount;
    this.#entries.set(key, { tags: entry?.tags ?? [], ttl: entry?.ttl ?? false, value });
    return value;
  }

  keys(prefix: string): string[] {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  invalidateTag(tag: string): void {
    for (const [key, { tags }] of this.#entries) {
      if (!tags.includes(tag)) continue;
      this.#entries.delete(key);
      this.hidden++;
    }
  }

  clear(): number {
    const { size } = this.#entries;
    this.#entries.clear();
    return size;
  }
}
