/**
 * rememberAll: a list from its source, each item of which is an entry of its own. The entry of the list holds ids, so an item
 * that is written or deleted by itself is what the list shows from then on.
 *
 *     list:user:  ["1","2"]        user:1  {...}        user:2  {...}
 *
 * The list is a load like any other: one in the fleet, and refused if its key, or a tag, was invalidated meanwhile; its
 * items are then not stored either. An item that was in the cache when the load began is replaced only if nobody has
 * written or deleted it since; one that was not, only if it still is not. What is left: an item that is not in the cache
 * and is deleted there while a list with it is being loaded. Who changes items deletes the list too, or its tag.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { functionOf, nonEmptyText } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { FetchDefaults, MaybePromise } from "../../cache/types.js";
import { loadOptions } from "./call-options.js";
import type { Check, Checked, Fetching } from "./fetching.js";
import { type KnownItems, readItems, readVersions, storeItems } from "./items.js";
import type { LoadOptions } from "./options.js";
import type { LoadingHost } from "./types.js";

export type ListLoader<V> = (context: { readonly signal: AbortSignal }) => MaybePromise<Iterable<V>>;

/** What `rememberAll` takes beside what `remember` takes. `ttl`, `tags` and `jitter` hold for items and list. */
export interface RememberAllOptions<V> extends Omit<LoadOptions, "negativeTtl"> {
  /** An item's id, unique in the list; its key is prefix + id. */
  key: (item: V) => string;
  /** How long the list lives, before it is loaded again. Default: `ttl`. */
  listTtl?: FetchDefaults["ttl"];
  /** Where the list is. Default: `"list:"` + prefix, so that it does not turn up among its items. */
  listKey?: string;
}

/** What `rememberAll` gives. */
export interface RememberedList<V> {
  /** In the order in which they were loaded. */
  readonly items: readonly V[];
  /** By its id; undefined: the list has none such. */
  get(id: string): V | undefined;
}

const { negativeTtl: _negativeTtl, ...loadSpecs } = loadOptions.specs;
const ownSpecs = {
  key: option<(item: unknown) => string, null>({
    type: functionOf("(item) => id"),
    default: null,
    defaultText: "required",
    meaning: "an item's id",
  }),
  listTtl: option({ ...loadSpecs.ttl, defaultText: "as ttl", meaning: "how long the list lives" }),
  listKey: option<string, undefined>({
    type: nonEmptyText,
    default: undefined,
    defaultText: "`list:` and the prefix",
    meaning: "where the list is",
  }),
};
const declared = declareOptions(
  { ...loadSpecs, ...ownSpecs } satisfies Declares<RememberAllOptions<unknown>>,
  [{ options: ["key"], when: (bound) => bound.key === null, right: "key is needed: (item) => item.id" }],
);

interface Asked<V> {
  readonly prefix: string;
  readonly loader: ListLoader<V>;
  readonly options: RememberAllOptions<V>;
  readonly check: Check | undefined;
}

/** What a load brought. To the cache it is its ids. */
class LoadedList {
  constructor(readonly items: ReadonlyMap<string, unknown>) {}

  toJSON(): readonly string[] {
    return [...this.items.keys()];
  }
}

export async function rememberAll<V>(
  host: LoadingHost,
  fetching: Fetching,
  { prefix, loader, options, check }: Asked<V>,
): Promise<RememberedList<V>> {
  const bound = declared.bind(options, "rememberAll");
  const idOf = options.key;
  const { key: _key, listKey = listKeyOf(prefix), listTtl, ...loadOptions } = options;
  const itemTtlMs = bound.ttl === undefined ? host.ttlMs : bound.ttl;
  let known: KnownItems = new Map();
  let loaded: LoadedList | undefined;
  const found = await fetching.fetch({
    where: "rememberAll",
    key: listKey,
    lenient: true,
    options: { ...loadOptions, ttl: listTtl === undefined ? options.ttl : listTtl },
    // For so long an item may be there, and is to be told apart from one that was written since.
    keepMs: typeof itemTtlMs === "number" ? itemTtlMs : 0,
    run: async (signal, old) => {
      known = await readVersions(host, prefix, idsIn(old) ?? []);
      loaded = new LoadedList(byId(await loader({ signal }), idOf));
      return loaded;
    },
    after: async (isStored) => {
      if (!isStored || loaded === undefined) return;
      await storeItems(host, prefix, loaded.items, known, { ...bound, ttl: itemTtlMs });
    },
    check: async (value) => {
      const items = value instanceof LoadedList ? value.items : await readItems(host, prefix, idsIn(value));
      return items === undefined ? { error: undefined } : judged(items, check);
    },
  });
  return listOf(found as ReadonlyMap<string, V>);
}

export function listKeyOf(prefix: string): string {
  return `list:${prefix}`;
}

function listOf<V>(items: ReadonlyMap<string, V>): RememberedList<V> {
  return { items: [...items.values()], get: (id) => items.get(id) };
}

/** Undefined: it is no list of ids. */
function idsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((id) => typeof id === "string") ? value : undefined;
}

/** All items are good, or the list will not do. */
async function judged(items: ReadonlyMap<string, unknown>, check: Check | undefined): Promise<Checked> {
  if (check === undefined) return { value: items };
  const good = new Map<string, unknown>();
  for (const [id, item] of items) {
    const checked = await check(item, id);
    if ("error" in checked) return checked;
    good.set(id, checked.value);
  }
  return { value: good };
}

function byId<V>(items: unknown, idOf: (item: V) => unknown): Map<string, unknown> {
  if (typeof items !== "object" || items === null || !(Symbol.iterator in items))
    throw new InvalidArgumentError("rememberAll", "the loader's result", items, "a list of items");
  const found = new Map<string, unknown>();
  for (const item of items as Iterable<V>) {
    const id = idOf(item);
    if (typeof id !== "string") throw new InvalidArgumentError("rememberAll", "what key gives", id, "a text");
    if (found.has(id))
      throw new InvalidArgumentError("rememberAll", "what key gives", id, "another one for each item");
    found.set(id, item);
  }
  return found;
}
