/**
 * For how long L1 may hold a value: never longer than it lives, nor than was asked for; and shorter while nobody could tell L1
 * that it is out of date.
 */
import type { TieredState } from "../state.js";

/**
 * @param leftMs how long it lives from now on; null: for ever
 * @param asked of the call; undefined: it said nothing; null: as long as it lives
 * @returns null: for ever; undefined: not at all
 */
export function l1TtlMs(
  s: TieredState,
  leftMs: number | null,
  asked?: number | null,
): number | null | undefined {
  const said = asked === undefined ? s.options.l1Ttl : asked;
  const ttlMs = Math.floor(
    Math.min(
      leftMs ?? Number.POSITIVE_INFINITY,
      said ?? Number.POSITIVE_INFINITY,
      s.l1.ttlMsMax,
      unheardMs(s, said !== undefined),
      downMs(s),
    ),
  );
  if (ttlMs === Number.POSITIVE_INFINITY) return null;
  return ttlMs >= 1 ? ttlMs : undefined;
}

/** While other processes' writes are not heard of. Who has no bus may say himself how old L1's values may be. */
function unheardMs({ hub }: TieredState, isSaid: boolean): number {
  const { bus, l2, whenBehindMs } = hub;
  const isUnheard = bus === null ? l2?.guard.abilities.shared === true && !isSaid : bus.isBehind;
  return isUnheard ? (whenBehindMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

/** While L2 is away, it has something else than L1, or may get it. */
function downMs({ hub, records }: TieredState): number {
  return records === null || records.isAvailable ? Number.POSITIVE_INFINITY : hub.whenL2DownMs;
}
