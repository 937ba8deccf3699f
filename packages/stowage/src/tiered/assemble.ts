/** Puts a tiered cache together: L2 with its guard, framer, stamps and repairs; the bus; the nameless namespace; the warmers. */
import { Hooks } from "../cache/services/hooks.js";
import { catchLate } from "../cache/services/late.js";
import { Reporter } from "../cache/services/reporter.js";
import { Stats } from "../cache/services/stats.js";
import { Warmers } from "../cache/services/warmers.js";
import type { BreakerState } from "../resilience/breaker.js";
import { Feed } from "./bus/index.js";
import { Framer } from "./frame/index.js";
import { frameOptions } from "./frame/options.js";
import { StoreGuard } from "./guard/index.js";
import { guardOptions } from "./guard/options.js";
import { Coherence } from "./l1/coherence.js";
import { CacheKeys } from "./l2/keys.js";
import { Lanes } from "./l2/lanes.js";
import { NoMarks } from "./l2/no-marks.js";
import { createSpace } from "./namespaces/spaces.js";
import { TieredWarmth } from "./namespaces/warming.js";
import { channels } from "./observe/channels.js";
import { checkActions } from "./observe/observe.js";
import { BEHIND_MS, type BoundTieredOptions, inherit, tieredOptions } from "./options.js";
import type { Backing, Hub, TieredState } from "./state.js";
import { Repairs, Stamps } from "./tags/index.js";
import type { L2Options, TieredEvent } from "./types.js";

const WHERE = "createTiered";
/** Stamps that a process keeps: some 10 MB at most. */
const STAMPS_MAX = 100_000;
/** Keys, and marks, that may be owed to L2. */
const DEBTS_MAX = 10_000;
/** How often what is owed is tried on its own. */
const REPAIR_MS = 1_000;

export interface Assembled {
  readonly state: TieredState;
  readonly warmers: Warmers<string, unknown>;
}

export function assemble(options: object | undefined): Assembled {
  const bound = tieredOptions.bind(options, WHERE);
  const closers = new Set<() => void>();
  const { hub, stamps } = createHub(bound, closers);
  const coherence = new Coherence(hub, stamps);
  closers.add(() => coherence.close());
  const state = createSpace(hub, [], inherit(bound, undefined, WHERE), bound.l1);
  const warmers = new Warmers(warmedCache(state, closers), bound.warmers, WHERE);
  if (bound.bus !== undefined) {
    const { bus, beat, clock } = bound;
    const epoch = (): number => stamps?.epoch ?? 0;
    const feed = new Feed({ bus, channel: hub.keys.channel, beatMs: beat, clock, epoch }, coherence);
    hub.bus = feed;
    hub.closeBus = () => feed.close().finally(() => bus.close());
  }
  // Nothing relies on it: who does not know the epoch learns it.
  stamps?.start().catch(() => {});
  return { state, warmers };
}

function createHub(
  bound: BoundTieredOptions,
  closers: Set<() => void>,
): { readonly hub: Hub; readonly stamps: Stamps | null } {
  const { name, clock, random, whenBehind, whenL2Down, writes } = bound;
  const counts = new Stats(true, clock.wall());
  const reporter = new Reporter(counts, bound.onError);
  const emit = (event: TieredEvent): void => tell(hub, bound.onEvent, event);
  const whenBehindMs = whenBehind === "off" ? null : whenBehind.ttl;
  const hub: Hub = {
    name,
    keys: new CacheKeys(name),
    clock,
    random,
    l2: null,
    lanes: new Lanes(),
    bus: null,
    hasBus: bound.bus !== undefined,
    closeBus: async () => {},
    isStrict: writes === "strict",
    whenBehindMs,
    whenL2DownMs: whenL2Down.ttl,
    spaces: new Map(),
    hooks: new Hooks(checkActions(bound.hooks), reporter, counts),
    reporter,
    stats: counts,
    closers,
    payDebts: async () => {},
    emit,
    isClosed: false,
    closing: undefined,
  };
  if (bound.l2 === undefined) return { hub, stamps: null };
  const { backing, stamps } = createBacking(hub, bound.l2);
  hub.l2 = backing;
  return { hub, stamps };
}

function createBacking(
  hub: Hub,
  { store, ...how }: L2Options,
): { readonly backing: Backing; readonly stamps: Stamps | null } {
  const { clock, emit, keys, whenBehindMs } = hub;
  const own = pick(how, guardOptions.names);
  const onState = (state: BreakerState): void => {
    emit({ type: "l2", state });
    how.onState?.(state);
  };
  const guard = new StoreGuard(store, { clock, ...own, onState }, WHERE);
  const framer = new Framer(pick(how, frameOptions.names), WHERE);
  const stamps = guard.abilities.counters
    ? new Stamps({
        guard,
        epochKey: keys.epoch,
        stampKey: (mark) => keys.stamp(mark),
        capacity: STAMPS_MAX,
        clock,
        // Also where L1 is to hold its values as long as ever: stamps would never be read again.
        whenBehind: { ttlMs: whenBehindMs ?? BEHIND_MS },
      })
    : null;
  // Whoever has the store to himself has nobody to hear of.
  if (!hub.hasBus && !guard.abilities.shared) stamps?.setBehind(false);
  const validity = stamps ?? new NoMarks(guard, keys);
  const debts = new Repairs({
    guard,
    invalidate: (marks) => validity.invalidate(marks),
    everything: "n:",
    capacity: DEBTS_MAX,
    everyMs: REPAIR_MS,
    clock,
    onRepaired: ({ keys: paid, marks, epoch }) => {
      emit({ type: "repaired", count: paid.length + marks.length });
      if (paid.length > 0) hub.bus?.publishKeys(paid.map((key) => keys.scopedOf(key)));
      if (epoch !== undefined) hub.bus?.publishTags(marks, epoch);
    },
  });
  hub.payDebts = async () => {
    if (guard.isAvailable) await debts.settleAll().catch(() => {});
    debts.close();
  };
  return { backing: { guard, framer, validity, debts }, stamps };
}

/** What warmers need of a cache. */
function warmedCache(s: TieredState, closers: Set<() => void>) {
  const { hub } = s;
  return {
    get closed(): boolean {
      return hub.isClosed;
    },
    time: { clock: hub.clock },
    reporter: hub.reporter,
    closers,
    shelf: { watchAll: () => new TieredWarmth(s) },
  };
}

function tell(
  { name, stats }: Hub,
  onEvent: ((event: TieredEvent) => unknown) | null,
  event: TieredEvent,
): void {
  if (channels.event.hasSubscribers) channels.event.publish({ cache: name, ...event });
  if (onEvent === null) return;
  const count = (): void => {
    stats.errors.listener++;
  };
  try {
    catchLate(onEvent(event), count);
  } catch {
    count();
  }
}

function pick(options: object, names: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.has(name)));
}
