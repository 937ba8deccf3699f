/**
 * How the last load of a key ended, where that is no entry: nothing was found (`negativeTtl`), or it failed (`backoff`).
 * Not entries: neither counted, listed nor returned. A write or delete of the key ends them; the oldest goes when there
 * are too many.
 */
const KEYS_MAX = 10_000;
const BACKOFF_FACTOR_MAX = 64;

export interface Failure {
  readonly error: unknown;
  readonly until: number;
  /** How often in a row. */
  readonly count: number;
}

interface Nothing {
  readonly until: number;
  readonly tags: readonly string[];
}

export class Outcomes<K> {
  readonly #nothing = new Map<K, Nothing>();
  readonly #failed = new Map<K, Failure>();

  /** Whether anything is remembered, or was: a field, since every write looks at it. */
  any = false;

  /** `tags`: what the entry would have borne. */
  foundNothing(key: K, until: number, tags: readonly string[]): void {
    this.any = true;
    remember(this.#nothing, key, { until, tags });
    this.#failed.delete(key);
  }

  /** The pause doubles with each failure in a row. */
  failed(key: K, error: unknown, now: number, backoffMs: number): void {
    this.any = true;
    const count = (this.#failed.get(key)?.count ?? 0) + 1;
    const factor = Math.min(2 ** (count - 1), BACKOFF_FACTOR_MAX);
    remember(this.#failed, key, { error, until: now + backoffMs * factor, count });
  }

  isNothing(key: K, now: number): boolean {
    const nothing = this.#nothing.get(key);
    if (nothing === undefined) return false;
    if (now < nothing.until) return true;
    this.#nothing.delete(key);
    return false;
  }

  /** The failure whose pause is not over; the next one still counts on from it when it is. */
  pausing(key: K, now: number): Failure | undefined {
    const failure = this.#failed.get(key);
    return failure !== undefined && now < failure.until ? failure : undefined;
  }

  /** Goes through all of them, of which there are not many: tags of what is not there are not worth an index. */
  invalidate(tag: string): void {
    for (const [key, { tags }] of this.#nothing) if (tags.includes(tag)) this.#nothing.delete(key);
  }

  delete(key: K): void {
    this.#nothing.delete(key);
    this.#failed.delete(key);
    this.any = this.#nothing.size + this.#failed.size > 0;
  }

  clear(): void {
    this.#nothing.clear();
    this.#failed.clear();
    this.any = false;
  }
}

function remember<K, T>(map: Map<K, T>, key: K, outcome: T): void {
  map.delete(key);
  if (map.size >= KEYS_MAX) map.delete(map.keys().next().value as K);
  map.set(key, outcome);
}
