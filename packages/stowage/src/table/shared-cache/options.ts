/**
 * The options of a shared cache: those of the in-process cache, declared there, that make sense for encoded values, and
 * those of the table below. The others are known by name, and refused with the reason and what to do instead.
 */
import { InvalidOptionError, UnsupportedError } from "../../base/errors.js";
import { type OptionType, wholeNumber } from "../../base/option-types.js";
import { type Bound, declareOptions, type OptionSpec, option } from "../../base/options.js";
import { cacheOptions } from "../../cache/options.js";
import type { FetchDefaults } from "../../cache/types.js";
import type { TableOptions } from "../types.js";
import { type BoundCodec, builtinCodec, codecType, defaultCodec } from "./codecs.js";
import type { SharedDefaults } from "./types.js";

const reasons: Readonly<Record<string, string>> = {
  maxWeight: "entries are bytes here; bound them by memory, and by max",
  weigher: "an entry weighs the bytes that it takes; bound them by memory",
  weight: "an entry weighs the bytes that it takes; bound them by memory",
  enforce: "its bounds hold after each call",
  policy: "the table evicts by W-TinyLFU over its logs, which all threads share",
  idle: "a read would have to write to memory that other threads read; use ttl, and refresh(key) where a use is to lengthen it",
  lazy: "reads always check expiry",
};

/** An option that is refused, whatever it is given. */
function unsupported(name: string): OptionSpec<never, undefined> {
  const type: OptionType<never> = {
    text: "left out",
    parse(_value, where, at) {
      throw new UnsupportedError(where, `the option "${at}"`, reasons[name]);
    },
  };
  return option({ type, default: undefined, meaning: `refused: ${reasons[name]}` });
}

const anything: OptionType<unknown> = { text: "what SharedTable.create takes", parse: (value) => value };

/** Handed on as it is: the table checks it. */
function ofTable<Name extends keyof TableOptions>(
  meaning: string,
): OptionSpec<TableOptions[Name], undefined> {
  return option({ type: anything as OptionType<TableOptions[Name]>, default: undefined, meaning });
}

const { specs } = cacheOptions;
const ownOfThread = {
  codec: option<BoundCodec, undefined>({
    type: codecType,
    default: undefined,
    defaultText: '`"json"`',
    meaning: "how values become bytes; the same in all threads",
  }),
  ttl: option({ ...specs.ttl, default: undefined }),
  jitter: option({ ...specs.jitter, default: undefined }),
  fetch: option({ ...specs.fetch, default: undefined }),
  janitor: option({ ...specs.janitor, default: undefined }),
  hooks: specs.hooks,
  warmers: specs.warmers,
  commands: specs.commands,
  onRemoval: specs.onRemoval,
  onError: specs.onError,
  clock: specs.clock,
  random: specs.random,
};

const refusedOptions = {
  maxWeight: unsupported("maxWeight"),
  weigher: unsupported("weigher"),
  enforce: unsupported("enforce"),
  policy: unsupported("policy"),
  idle: unsupported("idle"),
  lazy: unsupported("lazy"),
};

export const attachOptions = declareOptions({ ...ownOfThread, ...refusedOptions });
type BoundAttach = Bound<(typeof attachOptions)["specs"]>;

export const createOptions = declareOptions(
  {
    ...ownOfThread,
    ...refusedOptions,
    name: specs.name,
    stats: specs.stats,
    max: option({
      type: wholeNumber({ min: 1, infinite: true }),
      default: Number.POSITIVE_INFINITY,
      defaultText: "no bound",
      meaning: "entries the cache holds at most, exactly",
    }),
    memory: ofTable<"memory">("bytes of everything together"),
    maxValueSize: ofTable<"maxValueSize">("the longest value"),
    segmentSize: ofTable<"segmentSize">("memory is given back by the segment"),
    threads: ofTable<"threads">("threads that may be attached at one time"),
    evict: ofTable<"evict">("what happens when it is full"),
    feed: ofTable<"feed">("changes that the feed remembers"),
  },
  [
    {
      options: ["warmers", "feed"],
      when: (bound) => bound.warmers.length > 0 && bound.feed === 0,
      right: "warmers learn from the feed what was written while they ran",
    },
    {
      options: ["jitter"],
      when: (bound, given) => given.has("jitter") && bound.ttl === undefined,
      right: "jitter shortens ttl, so it needs ttl",
    },
  ],
);
export type BoundCreate = Bound<(typeof createOptions)["specs"]>;

/** What one thread works with: its own options, and else what came with the handle. */
export interface BoundShared
  extends Omit<BoundAttach, keyof typeof refusedOptions | "codec" | "ttl" | "jitter" | "fetch"> {
  readonly name: string;
  readonly stats: boolean;
  readonly codec: BoundCodec;
  readonly ttl: number | ((key: string, value: unknown) => unknown) | null;
  readonly jitter: number;
  readonly fetch: BoundFetch;
}
type BoundFetch = (typeof specs)["fetch"]["default"];

/** The defaults that travel with the handle. */
export function defaultsOf(bound: BoundCreate, fetch: FetchDefaults | undefined): SharedDefaults {
  return {
    name: bound.name,
    stats: bound.stats,
    codec: (bound.codec ?? defaultCodec).name,
    ttl: typeof bound.ttl === "function" ? "function" : (bound.ttl ?? null),
    jitter: bound.jitter ?? 0,
    fetch: structuredClone(fetch ?? {}),
  };
}

/** `where` names the call in errors. */
export function resolve(own: BoundAttach, defaults: SharedDefaults, where: string): BoundShared {
  if (own.fetch !== undefined) checkStoring(own.fetch, where, "fetch.");
  return Object.freeze({
    ...own,
    name: defaults.name,
    stats: defaults.stats,
    codec: codecOf(own.codec, defaults.codec, where),
    ttl: ttlOf(own.ttl as BoundShared["ttl"] | undefined, defaults.ttl, where),
    jitter: own.jitter ?? defaults.jitter,
    fetch: own.fetch ?? (specs.fetch.type.parse(defaults.fetch, where, "fetch") as BoundFetch),
  });
}

/** Options of a call: two of the in-process cache's are refused. What is no object at all, others say. */
export function checkStoring(options: object, where: string, prefix = ""): void {
  const { idle, weight } = (options ?? {}) as { readonly idle?: unknown; readonly weight?: unknown };
  if (idle !== undefined && idle !== null) refuse("idle", where, prefix);
  if (weight !== undefined) refuse("weight", where, prefix);
}

function refuse(name: string, where: string, prefix: string): never {
  throw new UnsupportedError(where, `the option "${prefix}${name}"`, reasons[name]);
}

function codecOf(own: BoundCodec | undefined, name: string, where: string): BoundCodec {
  if (own === undefined) {
    const builtin = builtinCodec(name);
    if (builtin !== undefined) return builtin;
  } else if (own.name === name) return own;
  const expected = `the codec that the cache was made with, "${name}"`;
  throw new InvalidOptionError({ where, option: "codec", received: own?.name, expected });
}

function ttlOf(
  own: BoundShared["ttl"] | undefined,
  shared: SharedDefaults["ttl"],
  where: string,
): BoundShared["ttl"] {
  if (own !== undefined) return own;
  if (shared !== "function") return shared;
  const expected =
    "a function here too: the cache was made with one, and functions do not travel between threads";
  throw new InvalidOptionError({ where, option: "ttl", received: undefined, expected });
}
