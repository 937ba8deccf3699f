/**
 * The options of `new Client`, each declared once, and the environment that stands in for those that were not given. What
 * they mean stands in types.ts, where editors show it, and not here a second time: a page loads this. The compiler keeps the
 * names in step.
 */
import { type Clock, systemClock } from "../base/clock.js";
import { InvalidOptionError } from "../base/errors.js";
import {
  choice,
  duration,
  either,
  functionOf,
  listOf,
  nonEmptyText,
  type OptionType,
  objectWith,
  refused,
  wholeNumber,
} from "../base/option-types.js";
import { type Bound, checkNames, type Declares, declareOptions, nested, option } from "../base/options.js";
import type { LoadDefaults } from "./loading/options.js";
import type { NearFactory } from "./near/types.js";
import type { Router } from "./routing/types.js";
import type { CreateTransport } from "./transport/transport.js";
import type { ClientEvent, ClientOptions, Discovery, ServerAddress } from "./types.js";

const serverAddress: OptionType<string | ServerAddress> = {
  text: 'a url such as "http://host:4000", or { url, weight }',
  parse: (value) =>
    typeof value === "string" || (typeof value === "object" && value !== null)
      ? (value as string | ServerAddress)
      : refused,
};

const breakerOptions = declareOptions({
  failures: option({ type: wholeNumber({ min: 1 }), default: 5 }),
  cooldown: option({
    type: duration,
    default: 1_000,
  }),
});

const batchOptions = declareOptions({
  max: option({ type: wholeNumber({ min: 1 }), default: 1_000 }),
  maxBytes: option({ type: wholeNumber({ min: 1 }), default: 1_000_000 }),
  shareReads: option({
    type: either(duration, choice(false)),
    default: 100 as number | false,
  }),
});

const off = choice(false);

/** Their values are checked with what uses them, which may come later (assemble.ts). */
const loadNames: ReadonlySet<string> = new Set<keyof LoadDefaults>([
  "ttl",
  "jitter",
  "timeout",
  "softTimeout",
  "staleWhileRevalidate",
  "grace",
  "backoff",
  "earlyRefresh",
  "refreshAhead",
  "negativeTtl",
]);
const loadingType: OptionType<LoadDefaults> = {
  text: "an object with options of fetch",
  parse(value, where, name) {
    checkNames(value as object, loadNames, where, `${name}.`);
    return Object.freeze({ ...(value as LoadDefaults) });
  },
};

const declared = {
  url: option<string, null>({
    type: nonEmptyText,
    default: null,
  }),
  urls: option<readonly (string | ServerAddress)[], null>({
    type: listOf(serverAddress),
    default: null,
  }),
  discover: option<Discovery, null>({
    type: objectWith<Discovery>("a way to find servers", "find"),
    default: null,
  }),
  token: option<string, null>({
    type: nonEmptyText,
    default: null,
  }),
  router: option<Router, undefined>({
    type: objectWith<Router>("a router", "init", "nodes", "route"),
    default: undefined,
  }),
  near: option<NearFactory, null>({
    type: objectWith<NearFactory>("what nearCache() gives", "create"),
    default: null,
  }),
  timeout: option({
    type: duration,
    default: 5_000,
  }),
  retries: option({
    type: wholeNumber({ min: 0, max: 100 }),
    default: 2,
  }),
  breaker: option({
    type: either(nested(breakerOptions), off),
    default: breakerOptions.bind(undefined, "new Client"),
  }),
  batch: option({
    type: either(nested(batchOptions), off),
    default: batchOptions.bind(undefined, "new Client"),
  }),
  connections: option({
    type: wholeNumber({ min: 1, max: 1_024 }),
    default: 4,
  }),
  maxPending: option({
    type: wholeNumber({ min: 1 }),
    default: 10_000,
  }),
  healthEvery: option({
    type: duration,
    default: 5_000,
  }),
  ttl: option<number, undefined>({
    type: duration,
    default: undefined,
  }),
  fetch: option<LoadDefaults, undefined>({
    type: loadingType,
    default: undefined,
  }),
  onEvent: option<((event: ClientEvent) => void) | null>({
    type: functionOf("(event) => void"),
    default: null,
  }),
  fetchWith: option<typeof fetch | null>({
    type: functionOf("such as the global fetch"),
    default: null,
  }),
  transport: option<CreateTransport | null>({
    type: functionOf("(options) => transport"),
    default: null,
  }),
  clock: option<Clock>({
    type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
    default: systemClock,
  }),
  random: option<() => number>({
    type: functionOf("() => number from 0 up to 1"),
    default: Math.random,
  }),
};

export const clientOptions = declareOptions(declared satisfies Declares<ClientOptions>, [
  {
    options: ["urls"],
    when: (_bound, given) => given.has("urls") && given.has("url"),
    right: "url and urls both say where servers are; give one of them",
  },
  {
    options: ["discover"],
    when: (_bound, given) => given.has("discover") && (given.has("url") || given.has("urls")),
    right: "discover finds the servers, so url and urls must be left out",
  },
  {
    options: ["urls"],
    when: (bound) => bound.urls?.length === 0,
    right: "at least one server is needed",
  },
  {
    options: ["transport", "fetchWith"],
    when: (bound) => bound.transport !== null && bound.fetchWith !== null,
    right: "each is the way to the servers; give one of them",
  },
]);
export type BoundClientOptions = Bound<typeof declared>;

/** Variable -> the option that it stands in for. Of several for one option, the first that is set counts. */
export const environment = {
  STOWAGE_URL: "url",
  LIX_CACHE_URL: "url",
  STOWAGE_TOKEN: "token",
  LIX_API_KEY: "token",
  STOWAGE_TIMEOUT: "timeout",
  STOWAGE_RETRIES: "retries",
  STOWAGE_CONNECTIONS: "connections",
  STOWAGE_MAX_PENDING: "maxPending",
  STOWAGE_HEALTH_EVERY: "healthEvery",
  STOWAGE_TTL: "ttl",
} as const satisfies Record<string, keyof ClientOptions>;

export type Environment = Readonly<Record<string, string | undefined>>;

const where = "new Client";

/** @param env default: that of the process, where there is one */
export function bindClientOptions(
  options: ClientOptions | undefined,
  env: Environment = processEnvironment(),
): BoundClientOptions {
  const bound = clientOptions.bind(options, where);
  const found: Record<string, unknown> = {};
  for (const [variable, name] of Object.entries(environment)) {
    const text = env[variable];
    if (text === undefined || text === "" || name in found || isGiven(options, name)) continue;
    found[name] = readVariable(variable, name, text);
  }
  return Object.freeze({ ...bound, ...found });
}

/** The servers that the options name. */
export function serversOf({
  url,
  urls,
  discover,
}: BoundClientOptions): readonly (string | ServerAddress)[] | Discovery {
  if (discover !== null) return discover;
  if (urls !== null) return urls;
  return (url ?? "http://127.0.0.1:4000").split(",").map((each) => each.trim());
}

/** One place in the options says where servers are; the environment does not add another. */
function isGiven(options: ClientOptions | undefined, name: keyof ClientOptions): boolean {
  if (name !== "url") return options?.[name] !== undefined;
  return (options?.url ?? options?.urls ?? options?.discover) !== undefined;
}

function readVariable(variable: string, name: keyof typeof declared, text: string): unknown {
  const { type } = clientOptions.specs[name];
  const parsed = type.parse(/^\d+$/.test(text) && !isText(name) ? Number(text) : text, where, variable);
  if (parsed !== refused) return parsed;
  throw new InvalidOptionError({ where, option: variable, received: text, expected: type.text });
}

function isText(name: string): boolean {
  return name === "url" || name === "token";
}

function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
