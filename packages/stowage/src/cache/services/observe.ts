/**
 * The way of a verb when somebody watches: hooks before and after it, the diagnostics channel, and the error of a cache
 * that is closed. `Cache` comes here only if one of these is so; otherwise a verb costs what it does and no more.
 */
import { ClosedError, InvalidOptionError, VetoError } from "../../base/errors.js";
import { suggest } from "../../base/suggestion.js";
import type { BoundHook } from "../options.js";
import type { State } from "../state.js";
import type { HookEvent } from "../types.js";
import { diagnostics } from "./diagnostics.js";
import type { Hooks } from "./hooks.js";
import type { Recording } from "./recording.js";
import { type Verb, verbIndex } from "./stats.js";

/** What watching needs of a cache. */
export interface Observed {
  readonly name: string;
  readonly closed: boolean;
  readonly hooks: Hooks;
  /** While `record` writes down which keys are asked for. */
  readonly recording: Recording | null;
}

// biome-ignore lint/suspicious/noExplicitAny: works for caches of all types
type AnyState = State<any, any>;

const promising: ReadonlySet<string> = new Set([
  "fetch",
  "fetchMany",
  "transaction",
  "save",
  "restore",
  "warm",
]);
/** Verbs whose answer to "it did not happen" is false. */
const yesOrNo: ReadonlySet<string> = new Set([
  "set",
  "delete",
  "touch",
  "expire",
  "expireAt",
  "persist",
  "refresh",
  "update",
  "has",
]);

export function observe<Args extends unknown[], R>(
  state: AnyState,
  action: Verb,
  verb: (state: AnyState, ...args: Args) => R,
  args: Args,
): R;
export function observe<R>(state: Observed, action: Verb, verb: () => R, args: unknown[]): R;
export function observe<R>(
  state: Observed,
  action: Verb,
  verb: (state: never, ...args: unknown[]) => R,
  args: unknown[],
): R {
  if (state.closed) return fail(action, new ClosedError(action)) as R;
  state.recording?.note(action, args);
  const before = { action, args: Object.freeze([...args]), result: undefined };
  try {
    const stopper = state.hooks.before(before);
    if (stopper !== undefined) return stopped(action, stopper) as R;
    if (state.closed) throw new ClosedError(action);
  } catch (veto) {
    return fail(action, veto) as R;
  }
  const result = run(state, action, verb, args);
  if (result instanceof Promise && promising.has(action)) return observed(state, before, result) as R;
  tell(state, { action, args, result });
  return result;
}

/** Tracers are told of what throws at once as well; hooks are not: a refused action is none. */
function run<R>(
  state: Observed,
  action: Verb,
  verb: (state: never, ...args: unknown[]) => R,
  args: unknown[],
): R {
  try {
    return verb(state as never, ...args);
  } catch (error) {
    if (diagnostics.action.hasSubscribers) {
      diagnostics.action.publish({ cache: state.name, action, args, result: undefined, error });
    }
    throw error;
  }
}

/** Names in `on` are checked like options: a misspelt action would never be told of. */
export function checkOnActions(hooks: readonly BoundHook[]): readonly BoundHook[] {
  for (const [index, { on }] of hooks.entries()) {
    for (const action of on ?? []) {
      if (Object.hasOwn(verbIndex, action)) continue;
      const known = Object.keys(verbIndex);
      const option = `hooks[${index}].on`;
      const expected = `names of verbs: ${known.join(", ")}`;
      throw new InvalidOptionError({
        where: "new Cache",
        option,
        received: action,
        expected,
        suggestion: suggest(action, known),
      });
    }
  }
  return hooks;
}

function observed<R>(state: Observed, { action, args }: HookEvent, promise: Promise<R>): Promise<R> {
  return promise.then(
    (result) => {
      tell(state, { action, args, result });
      return result;
    },
    (error) => {
      tell(state, { action, args, result: undefined, error });
      throw error;
    },
  );
}

function tell(state: Observed, event: HookEvent): void {
  if (!state.closed) state.hooks.after(event);
  if (diagnostics.action.hasSubscribers) diagnostics.action.publish({ cache: state.name, ...event });
}

function fail(action: Verb, error: unknown): Promise<never> {
  if (promising.has(action)) return Promise.reject(error);
  throw error;
}

function stopped(action: Verb, hook: string): unknown {
  return yesOrNo.has(action) ? false : fail(action, new VetoError(action, hook));
}
