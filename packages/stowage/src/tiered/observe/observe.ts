/**
 * The way of a verb when somebody watches it, or the cache is closed. `Tiered` comes here only if one of these is so; otherwise a
 * verb costs what it does and no more.
 */
import { ClosedError, InvalidOptionError, VetoError } from "../../base/errors.js";
import { suggest } from "../../base/suggestion.js";
import type { BoundHook } from "../../cache/options.js";
import type { HookEvent } from "../../cache/types.js";
import type { TieredState } from "../state.js";
import type { TieredVerb } from "../types.js";

const VERBS = {
  get: true,
  getMany: true,
  has: true,
  take: true,
  ttl: true,
  set: true,
  setMany: true,
  delete: true,
  deleteMany: true,
  touch: true,
  expire: true,
  expireAt: true,
  persist: true,
  refresh: true,
  incr: true,
  decr: true,
  resetCounter: true,
  fetch: true,
  fetchMany: true,
  clear: true,
  prune: true,
  invalidateTag: true,
  invalidateTags: true,
  warm: true,
} satisfies Record<TieredVerb, true>;

/** Verbs whose answer to "it did not happen" is false. */
const yesOrNo: ReadonlySet<TieredVerb> = new Set<TieredVerb>([
  "has",
  "set",
  "delete",
  "touch",
  "expire",
  "expireAt",
  "persist",
  "refresh",
  "resetCounter",
]);

type Run<Args extends unknown[], R> = (s: TieredState, ...args: Args) => Promise<R>;

export async function observe<Args extends unknown[], R>(
  s: TieredState,
  action: TieredVerb,
  verb: Run<Args, R>,
  ...args: Args
): Promise<R> {
  const { hooks } = s.hub;
  if (s.hub.isClosed) throw new ClosedError(action);
  const event = { action, namespace: s.path, args: Object.freeze([...args]), result: undefined };
  const stopper = hooks.before(asHookEvent(event));
  if (stopper !== undefined) {
    if (yesOrNo.has(action)) return false as R;
    throw new VetoError(action, stopper);
  }
  try {
    const result = await verb(s, ...args);
    if (!s.hub.isClosed) hooks.after(asHookEvent({ ...event, result }));
    return result;
  } catch (error) {
    if (!s.hub.isClosed) hooks.after(asHookEvent({ ...event, error }));
    throw error;
  }
}

/** Hooks are run by the service of the in-process cache, which knows its own verbs. */
function asHookEvent(event: object): HookEvent {
  return event as HookEvent;
}

/** Names in `on` are checked like options: a misspelt action would never be told of. */
export function checkActions(hooks: readonly BoundHook[]): readonly BoundHook[] {
  const known = Object.keys(VERBS);
  for (const [index, { on }] of hooks.entries()) {
    const wrong = on?.find((action) => !Object.hasOwn(VERBS, action));
    if (wrong === undefined) continue;
    throw new InvalidOptionError({
      where: "createTiered",
      option: `hooks[${index}].on`,
      received: wrong,
      expected: `names of verbs: ${known.join(", ")}`,
      suggestion: suggest(wrong, known),
    });
  }
  return hooks;
}
