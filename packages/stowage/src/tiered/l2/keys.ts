/**
 * Where everything stands in L2. With the name `app` and the namespace `users`:
 *
 *     record      app:v:users:<key>
 *     counter     app:n:users:<key>
 *     epoch       app:e
 *     stamp       app:s:<mark>
 *     bus channel app
 *
 * Marks are what can be invalidated: `n:users` the namespace, `t:users:<tag>` a tag of it. A record bears the marks of its tags
 * and of every namespace on its path, the nameless one (`n:`) included.
 *
 * Name and namespaces are escaped, so that whatever they contain, two different things never have the same place: what follows
 * the last separator, key or tag, may be any text.
 */

/** `:` separates, `/` separates namespaces, `%` escapes. */
const SPECIAL = /[%:/]/g;
const ESCAPES: Readonly<Record<string, string>> = { "%": "%25", ":": "%3A", "/": "%2F" };

export function escapePart(part: string): string {
  return part.replace(SPECIAL, (character) => ESCAPES[character]);
}

/** A namespace's path as one text: `users/admins`; that of the cache itself is empty. */
export function pathText(path: readonly string[]): string {
  return path.map(escapePart).join("/");
}

/** What all namespaces of a cache have in common. */
export class CacheKeys {
  /** Everything of this cache begins so. */
  readonly prefix: string;
  readonly epoch: string;
  /** The bus's. */
  readonly channel: string;
  readonly #stamp: string;

  constructor(name: string) {
    this.channel = escapePart(name);
    this.prefix = `${this.channel}:`;
    this.epoch = `${this.prefix}e`;
    this.#stamp = `${this.prefix}s:`;
  }

  /** Of a record's place, what the bus carries: `scoped` of its namespace. */
  scopedOf(record: string): string {
    return record.slice(this.prefix.length + 2);
  }

  /** What the places of a namespace's records begin with, and of those in it. */
  recordsBelow(path: string): readonly string[] {
    const records = `${this.prefix}v:`;
    return path === "" ? [records] : [`${records}${path}:`, `${records}${path}/`];
  }

  /** Where the mark's counter stands. */
  stamp(mark: string): string {
    return this.#stamp + mark;
  }
}

/** A key of a namespace as the bus carries it: namespace and key in one text. */
export interface ScopedKey {
  /** The namespace's path, as `pathText` gives it. */
  readonly path: string;
  readonly key: string;
}

export function readScopedKey(text: string): ScopedKey {
  const at = text.indexOf(":");
  return { path: text.slice(0, at), key: text.slice(at + 1) };
}

/** What a mark stands for. */
export type Mark =
  | { readonly kind: "namespace"; readonly path: string }
  | { readonly kind: "tag"; readonly path: string; readonly tag: string };

/** Undefined: it is none of ours. */
export function readMark(mark: string): Mark | undefined {
  if (mark.startsWith("n:")) return { kind: "namespace", path: mark.slice(2) };
  const at = mark.indexOf(":", 2);
  if (!mark.startsWith("t:") || at < 0) return undefined;
  return { kind: "tag", path: mark.slice(2, at), tag: mark.slice(at + 1) };
}

/** The keys and marks of one namespace. */
export class SpaceKeys {
  /** Records of this namespace, without those of namespaces in it, begin so. */
  readonly records: string;
  readonly counters: string;
  /** The mark of this namespace. */
  readonly mark: string;
  /** The marks that every record of it bears. */
  readonly marks: readonly string[];
  readonly #scope: string;
  readonly #tag: string;

  constructor(
    readonly cache: CacheKeys,
    readonly path: readonly string[],
  ) {
    const text = pathText(path);
    this.#scope = `${text}:`;
    this.#tag = `t:${text}:`;
    this.records = `${cache.prefix}v:${this.#scope}`;
    this.counters = `${cache.prefix}n:${this.#scope}`;
    this.mark = `n:${text}`;
    this.marks = [[], ...path.map((_, index) => path.slice(0, index + 1))].map(
      (each) => `n:${pathText(each)}`,
    );
  }

  record(key: string): string {
    return this.records + key;
  }

  counter(key: string): string {
    return this.counters + key;
  }

  /** For the bus. */
  scoped(key: string): string {
    return this.#scope + key;
  }

  tagMark(tag: string): string {
    return this.#tag + tag;
  }

  /** All that a record with these tags bears. */
  marksOf(tags: readonly string[]): readonly string[] {
    if (tags.length === 0) return this.marks;
    return [...this.marks, ...tags.map((tag) => this.#tag + tag)];
  }
}
