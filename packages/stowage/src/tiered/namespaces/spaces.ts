/**
 * Namespaces: one record each, made when it is first asked for. What they share (L2, bus, clock, hooks) is the hub's; L1, keys,
 * options, reads and loads under way are each one's own.
 */
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { Cache } from "../../cache/cache.js";
import { keepMsOf } from "../../cache/options/fetching.js";
import type { BoundFetchOptions } from "../../cache/options.js";
import { createFlights } from "../flight/index.js";
import { L1, type L1Cache } from "../l1/l1.js";
import { pathText, SpaceKeys } from "../l2/keys.js";
import { Records } from "../l2/records.js";
import { type BoundNamespaceOptions, type GivenL1, inherit, namespaceOptions } from "../options.js";
import type { Flights, Hub, TieredState } from "../state.js";
import type { NamespaceOptions } from "../types.js";

/** A cache that keeps nothing is there for the loads and failures alone. */
const NO_L1 = Object.freeze({ max: 1 });
/** Where nothing is said: no bound would be a leak. */
const L1_MAX = 10_000;

export function createSpace(
  hub: Hub,
  path: readonly string[],
  options: BoundNamespaceOptions,
  given: GivenL1 | undefined,
  schema = options.schema,
): TieredState {
  const keys = new SpaceKeys(hub.keys, path);
  const l1 = createL1(hub, options, given);
  const { l2, clock } = hub;
  const state: TieredState = {
    hub,
    path,
    options,
    given,
    keys,
    l1,
    near: l1.cache,
    records: l2 === null ? null : new Records({ ...l2, keys, clock, schema, cache: hub.name }),
    how: storedAs(options),
    keepMs: keepMsOf(options.fetch),
    reads: new Map(),
    invalidations: 0,
    flights: null as unknown as Flights,
    observed: hub.hooks.any,
    wrapped: new Map(),
    counters: null,
    facade: null,
  };
  state.flights = createFlights(state);
  hub.spaces.set(pathText(path), state);
  return state;
}

/** The namespace of that name in this one. */
export function spaceIn(
  outer: TieredState,
  name: string,
  options: NamespaceOptions | undefined,
): TieredState {
  if (typeof name !== "string" || name === "")
    throw new InvalidArgumentError("namespace", "name", name, "a text that is not empty");
  const path = [...outer.path, name];
  const there = outer.hub.spaces.get(pathText(path));
  if (there !== undefined) return sameSpace(there, name, options);
  const own = namespaceOptions.bind(options, "namespace");
  const given = own.l1 ?? inheritedL1(outer.given, name);
  return createSpace(outer.hub, path, inherit(own, outer.options, "namespace"), given);
}

/** Two places that say different things of one namespace: neither would know what it gets. */
function sameSpace(there: TieredState, name: string, options: NamespaceOptions | undefined): TieredState {
  const [said] = Object.keys(options ?? {});
  if (said === undefined) return there;
  const right = `the namespace ${JSON.stringify(name)} is there already; its options are given where it is first asked for`;
  throw InvalidOptionError.conflict("namespace", [said], right);
}

function inheritedL1(outer: GivenL1 | undefined, name: string): GivenL1 | undefined {
  if (outer === undefined || outer === false || isPlain(outer)) return outer;
  throw new InvalidOptionError({
    where: "namespace",
    option: "l1",
    received: undefined,
    expected: `given: the cache that is L1 around ${JSON.stringify(name)} has other keys; options of new Cache, another cache, or false`,
  });
}

function isPlain(given: object): boolean {
  return Object.getPrototypeOf(given) === Object.prototype || Object.getPrototypeOf(given) === null;
}

function createL1(hub: Hub, { fetch }: BoundNamespaceOptions, given: GivenL1 | undefined): L1 {
  const { clock, random, name } = hub;
  if (given !== undefined && given !== false && !isPlain(given)) return new L1(given as L1Cache, true, false);
  const own = given === undefined ? { max: L1_MAX } : given === false ? NO_L1 : given;
  const { grace, staleWhileRevalidate } = fetch;
  const kept = {
    ...(grace > 0 && { grace }),
    ...(staleWhileRevalidate > 0 && { staleWhileRevalidate }),
  };
  const cache = new Cache<string, unknown>({ name, clock, random, fetch: kept, ...own });
  return new L1(cache, given !== false, true);
}

/** As the loads of L1 would store it. */
function storedAs({ fetch }: BoundNamespaceOptions): BoundFetchOptions {
  const { l1Ttl: _l1Ttl, leaseTtl: _leaseTtl, ...loading } = fetch;
  return Object.freeze({
    ...loading,
    // The jitter was taken off when the value was made.
    jitter: 0,
    idle: undefined,
    tags: Object.freeze([]),
    weight: undefined,
    signal: undefined,
    force: false,
  });
}
