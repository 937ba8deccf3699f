/**
 * The three ways of counting what somebody does, as pure functions: from what was kept of him, the time and what he wants now, to
 * whether he may and what is to be kept. Memory runs them as they stand here; Redis runs the same in Lua (redis-limits.ts). All
 * is reckoned in whole numbers, so that both agree to the last digit.
 */

export type LimitKind = "fixed" | "sliding" | "bucket";

export interface LimitRules {
  readonly kind: LimitKind;
  /** So much in a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** What a bucket holds. */
  readonly burst: number;
}

/** What a limiter answers. */
export interface LimitAnswer {
  readonly allowed: boolean;
  /** What is left now. */
  readonly remaining: number;
  /** Milliseconds until all of it is there again, if nothing is taken. */
  readonly resetMs: number;
  /** Milliseconds until what was asked for would be allowed, if nothing is taken; 0: it was. */
  readonly retryMs: number;
}

/** What is kept of a key: its count and the end of its window; the times and costs of what it did; the level of its bucket and when. */
export type LimitState =
  | { readonly kind: "fixed"; readonly count: number; readonly endMs: number }
  | { readonly kind: "sliding"; readonly taken: readonly (readonly [atMs: number, cost: number])[] }
  | { readonly kind: "bucket"; readonly level: number; readonly atMs: number };

export interface Taken {
  readonly answer: LimitAnswer;
  /** Undefined: as it was. */
  readonly state: LimitState | undefined;
}

/** @param cost 0: only asks. More than can ever be had is never allowed */
export function take(rules: LimitRules, state: LimitState | undefined, nowMs: number, cost: number): Taken {
  if (rules.kind === "fixed")
    return takeFixed(rules, state?.kind === "fixed" ? state : undefined, nowMs, cost);
  if (rules.kind === "sliding")
    return takeSliding(rules, state?.kind === "sliding" ? state.taken : [], nowMs, cost);
  return takeBucket(rules, state?.kind === "bucket" ? state : undefined, nowMs, cost);
}

/** The window begins with the first of its uses. */
function takeFixed(
  { limit, windowMs }: LimitRules,
  state: { readonly count: number; readonly endMs: number } | undefined,
  nowMs: number,
  cost: number,
): Taken {
  const isRunning = state !== undefined && state.endMs > nowMs;
  const before = isRunning ? state.count : 0;
  const endMs = isRunning ? state.endMs : nowMs + windowMs;
  const allowed = before + cost <= limit;
  const count = allowed ? before + cost : before;
  const resetMs = count > 0 ? endMs - nowMs : 0;
  const answer = {
    allowed,
    remaining: limit - count,
    resetMs,
    retryMs: allowed ? 0 : cost > limit ? Number.POSITIVE_INFINITY : resetMs,
  };
  return { answer, state: allowed && cost > 0 ? { kind: "fixed", count, endMs } : undefined };
}

/** Exact: in no stretch of time as long as the window is more allowed than the limit. */
function takeSliding(
  { limit, windowMs }: LimitRules,
  before: readonly (readonly [number, number])[],
  nowMs: number,
  cost: number,
): Taken {
  const running = before.filter(([atMs]) => atMs > nowMs - windowMs);
  const used = running.reduce((sum, [, each]) => sum + each, 0);
  const allowed = used + cost <= limit;
  const taken: (readonly [number, number])[] = allowed && cost > 0 ? [...running, [nowMs, cost]] : running;
  const last = taken.at(-1);
  const answer = {
    allowed,
    remaining: limit - used - (allowed ? cost : 0),
    resetMs: last === undefined ? 0 : last[0] + windowMs - nowMs,
    retryMs: allowed ? 0 : waitOf(running, used + cost - limit, windowMs - nowMs),
  };
  return { answer, state: allowed && cost > 0 ? { kind: "sliding", taken } : undefined };
}

/** Until so much has left the window. */
function waitOf(running: readonly (readonly [number, number])[], tooMuch: number, fromMs: number): number {
  let gone = 0;
  for (const [atMs, cost] of running) {
    gone += cost;
    if (gone >= tooMuch) return atMs + fromMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** A unit of the level is the `windowMs`-th part of a token: what flows in within a millisecond is then a whole number, `limit`. */
function takeBucket(
  { limit, windowMs, burst }: LimitRules,
  state: { readonly level: number; readonly atMs: number } | undefined,
  nowMs: number,
  cost: number,
): Taken {
  const full = burst * windowMs;
  const passedMs = state === undefined ? 0 : Math.max(0, nowMs - state.atMs);
  const before = state === undefined ? full : Math.min(full, state.level + passedMs * limit);
  const wanted = cost * windowMs;
  const allowed = before >= wanted;
  const level = allowed ? before - wanted : before;
  const answer = {
    allowed,
    remaining: Math.floor(level / windowMs),
    resetMs: Math.ceil((full - level) / limit),
    retryMs: allowed ? 0 : wanted > full ? Number.POSITIVE_INFINITY : Math.ceil((wanted - level) / limit),
  };
  return { answer, state: allowed && cost > 0 ? { kind: "bucket", level, atMs: nowMs } : undefined };
}

/** For how long what is kept says anything. */
export function livesMs({ resetMs }: LimitAnswer): number {
  return Math.max(1, resetMs);
}
