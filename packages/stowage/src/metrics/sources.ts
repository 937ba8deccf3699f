/**
 * The caches and clients that are watched, by the names that they are told under. What is closed drops out by itself; what
 * fails to give its figures is left out and counted, so that a scrape never fails.
 */
import { ClosedError, InvalidArgumentError } from "../base/errors.js";
import type { Cache } from "../cache/cache.js";
import type { Client } from "../client/index.js";
import type { SharedCache } from "../table/index.js";
import { cacheKind, sharedCacheKind } from "./cache.js";
import { clientKind } from "./client.js";
import { type TieredLike, tieredKind } from "./tiered.js";
import type { Family, Kind, Metric, Reading } from "./types.js";

// biome-ignore lint/suspicious/noExplicitAny: caches of all types are watched alike
export type Source = Cache<any, any, any> | SharedCache<any, any> | Client<any> | TieredLike;

/** By the name that figures of it bear. */
export type SourceRecord = Readonly<Record<string, Source>>;

const kinds = [cacheKind, sharedCacheKind, clientKind, tieredKind] as unknown as readonly Kind<
  never,
  never
>[];

const expected = "a Cache, a SharedCache, a Client or a tiered cache";
/** More names than that come from data, not from a program, and would make as many series of each metric. */
const SOURCES_MAX = 1_000;

interface Watched {
  readonly source: never;
  readonly kind: Kind<never, never>;
}

interface MutableFamily {
  readonly metric: Metric<never>;
  readonly readings: Reading[];
}

export class Sources {
  readonly #where: string;
  readonly #watched = new Map<string, Watched>();
  /** Which client asks which server; null: none that is watched. Made anew by each reading. */
  readonly #clientOfNode = new Map<string, string | null>();
  errors = 0;

  constructor(where: string, sources: SourceRecord) {
    this.#where = where;
    for (const [name, source] of Object.entries(sources)) this.add(name, source);
  }

  /** @throws InvalidArgumentError for what is no cache, and for a name that is taken; StatsDisabledError */
  add(name: string, source: Source): void {
    const where = this.#where;
    if (
      typeof name !== "string" ||
      name === "" ||
      this.#watched.has(name) ||
      this.#watched.size >= SOURCES_MAX
    )
      throw new InvalidArgumentError(where, "a name", name, "a text that no other source has");
    const kind = kindOf(source);
    if (kind === undefined) throw new InvalidArgumentError(where, name, source, expected);
    const own = kind.ownName(source as never);
    const taken = own === undefined ? undefined : this.nameOf(own);
    if (taken !== undefined)
      throw new InvalidArgumentError(
        where,
        `the cache's own name (option \`name\`) of ${name}`,
        own,
        `another than that of ${taken}, or their loads could not be told apart`,
      );
    kind.figures(source as never);
    this.#watched.set(name, { source: source as never, kind });
    this.#clientOfNode.clear();
  }

  /** false: it was not watched. */
  remove(name: string): boolean {
    this.#clientOfNode.clear();
    return this.#watched.delete(name);
  }

  clear(): void {
    this.#watched.clear();
    this.#clientOfNode.clear();
  }

  /** The name that the cache is watched under which calls itself so. */
  nameOf(own: string): string | undefined {
    for (const [name, { kind, source }] of this.#watched) if (kind.ownName(source) === own) return name;
    return undefined;
  }

  /** The name of the first client that has this server. */
  clientOf(node: string): string | undefined {
    const known = this.#clientOfNode.get(node);
    if (known !== undefined) return known ?? undefined;
    const found = [...this.#watched].find(([, { kind, source }]) => asks(kind, source, node))?.[0];
    if (this.#clientOfNode.size >= SOURCES_MAX) this.#clientOfNode.clear();
    this.#clientOfNode.set(node, found ?? null);
    return found;
  }

  /** Whether such a source is watched. */
  has(name: string): boolean {
    return this.#watched.has(name);
  }

  /** Reads all of them once. Never throws. */
  gather(): Family[] {
    this.#clientOfNode.clear();
    const families = this.#families();
    for (const [name, watched] of this.#watched) this.#read(name, watched, families);
    return [...families.values()];
  }

  #families(): Map<string, MutableFamily> {
    const families = new Map<string, MutableFamily>();
    for (const { kind } of this.#watched.values())
      for (const metric of kind.metrics)
        if (!families.has(metric.name)) families.set(metric.name, { metric, readings: [] });
    return families;
  }

  #read(name: string, { kind, source }: Watched, families: Map<string, MutableFamily>): void {
    try {
      const figures = kind.figures(source);
      for (const metric of kind.metrics) {
        const read = metric.of(figures);
        if (read === null) continue;
        const readings = typeof read === "number" ? [{ value: read, labels: {} }] : read;
        for (const { value, labels } of readings)
          families.get(metric.name)?.readings.push({ value, labels: { [kind.label]: name, ...labels } });
      }
    } catch (error) {
      if (error instanceof ClosedError) this.remove(name);
      else this.errors++;
    }
  }
}

function kindOf(source: unknown): Kind<never, never> | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  return kinds.find((kind) => kind.is(source));
}

function asks(kind: Kind<never, never>, source: object, node: string): boolean {
  if ((kind as object) !== clientKind) return false;
  return (source as Client).nodes.some(({ url }) => url === node);
}
