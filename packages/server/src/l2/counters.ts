/**
 * Counters of a fleet: whole numbers are added in Redis, atomically; what that does not do as the table does it (fractions, limits of
 * 64 bits, numbers of other spellings, entries with tags) is added here and stored if nobody has written meanwhile, else again.
 */
import type { TableCounterOptions } from "stowage/table";
import { isStale } from "../stored/index.js";
import { sumOf } from "./arithmetic.js";
import type { Found } from "./records.js";
import type { Fresh, Tier } from "./tier.js";

/**
 * The sum, exact: a bigint where a double does not hold it.
 *
 * @param ttlMs of a counter that is made by this call; null: for ever
 * @throws NonNumericValueError, CounterOverflowError, StoreUnavailableError
 */
export function addTo(
  tier: Tier,
  key: string,
  amount: number | bigint,
  first: TableCounterOptions["default"],
  ttlMs: number | null,
): Promise<number | bigint> {
  return tier.change(key, async () => {
    if (!isWhole(amount)) return addHere(tier, key, amount, first, ttlMs);
    const fresh = sumOf(undefined, amount, first).bytes.latin1Slice();
    const sum = await tier.records.add(key, `${amount}`, fresh, ttlMs, tier.stamps.epoch);
    return sum === undefined ? addHere(tier, key, amount, first, ttlMs) : numberOf(sum);
  });
}

async function addHere(
  tier: Tier,
  key: string,
  amount: number | bigint,
  first: TableCounterOptions["default"],
  ttlMs: number | null,
): Promise<number | bigint> {
  for (;;) {
    const fresh = await tier.fresh(key);
    const base = baseOf(fresh);
    const { sum, bytes } = sumOf(base, amount, first);
    const { stamps, records } = tier;
    const draft =
      base === undefined
        ? { bytes, flags: 0, ttlMs, graceMs: 0, tags: [] }
        : { bytes, flags: 0, ttlMs: timeOf(base), graceMs: 0, tags: base.tags };
    const epoch = base === undefined ? stamps.epoch : base.epoch;
    if ((await records.put(key, draft, epoch, fresh.found?.version ?? 0)) !== undefined) return sum;
  }
}

/** What there is to build on: what only leases still see is not, unless it is no number anyway. */
function baseOf({ found, isValid }: Fresh): Found | undefined {
  if (found === undefined || !isValid) return undefined;
  const { flags, bytes, leftMs } = found;
  return isStale(flags, bytes, 0, bytes.length, leftMs) ? undefined : found;
}

function timeOf({ leftMs }: Found): number | null {
  return leftMs === Number.POSITIVE_INFINITY ? null : leftMs;
}

function isWhole(amount: number | bigint): boolean {
  return typeof amount === "bigint" || Number.isSafeInteger(amount);
}

function numberOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
