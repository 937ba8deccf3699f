/**
 * The conformance suite of a store: what tiers rely on, wherever the bytes are kept.
 *
 *   import { describe, it } from "node:test";            // or vitest, jest, mocha
 *   storeSuite({ name: "my store", abilities: myAbilities, open: async () => ({ store: new MyStore() }) }, { describe, it });
 *
 * It needs a runner's `describe` and `it` and nothing else. A case gets an empty store; where opening one is dear, `open` may
 * give a fresh prefix of the same place. Left out: eviction (what is stored has to be there, so give it room), how fast a store
 * is, what becomes of it when its server goes away, and what a lease over a value is worth that expires meanwhile.
 */
import type { Failure, Runner } from "./cache-suite.js";
import { abilities } from "./store-cases/abilities.js";
import { aborts } from "./store-cases/aborts.js";
import { clearing } from "./store-cases/clearing.js";
import { closing } from "./store-cases/closing.js";
import { counters } from "./store-cases/counters.js";
import { expiry } from "./store-cases/expiry.js";
import { hostileKeys } from "./store-cases/hostile-keys.js";
import { leaseEnds } from "./store-cases/lease-ends.js";
import { leases } from "./store-cases/leases.js";
import { limits } from "./store-cases/limits.js";
import { scans } from "./store-cases/scans.js";
import { sharing } from "./store-cases/sharing.js";
import { verbs } from "./store-cases/verbs.js";
import { StoreContext, type StoreNeed, type StoreSubject } from "./store-subject.js";

export interface StoreCase {
  readonly group: string;
  readonly name: string;
  readonly needs: readonly StoreNeed[];
  readonly run: (t: StoreContext, subject: StoreSubject) => void | Promise<void>;
}

/** Every case of the suite, as data. */
export const storeCases: readonly StoreCase[] = [
  ...abilities,
  ...verbs,
  ...hostileKeys,
  ...limits,
  ...expiry,
  ...clearing,
  ...scans,
  ...counters,
  ...leases,
  ...leaseEnds,
  ...sharing,
  ...aborts,
  ...closing,
];

/** Registers every case that the subject's abilities allow. */
export function storeSuite(subject: StoreSubject, { describe, it }: Runner): void {
  const cases = storeCases.filter((one) => applies(subject, one));
  describe(subject.name, () => {
    for (const group of new Set(cases.map((one) => one.group))) {
      describe(group, () => {
        for (const one of cases) if (one.group === group) it(one.name, () => runStoreCase(subject, one));
      });
    }
  });
}

/** Which cases `failingStoreCases` runs. */
export interface StoreCaseChoice {
  /** Of these groups. Default: of all. */
  readonly groups?: readonly string[];
  /** It ends with so many failures. Default: it runs to the end. */
  readonly atMost?: number;
}

/** Runs the suite without a runner and gives the failures back, named "group: case". */
export async function failingStoreCases(
  subject: StoreSubject,
  { groups, atMost = Number.POSITIVE_INFINITY }: StoreCaseChoice = {},
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const one of storeCases) {
    if (!applies(subject, one) || groups?.includes(one.group) === false) continue;
    if (failures.length >= atMost) break;
    const note = (error: unknown): void => void failures.push({ name: `${one.group}: ${one.name}`, error });
    await runStoreCase(subject, one).catch(note);
  }
  return failures;
}

/** A case that has not ended by then waits for something that will never come. */
const CASE_MS_MAX = 20_000;

async function runStoreCase(subject: StoreSubject, { run }: StoreCase): Promise<void> {
  const t = await StoreContext.open(subject);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting after ${CASE_MS_MAX} ms`)), CASE_MS_MAX);
  });
  try {
    await Promise.race([run(t, subject), overdue]);
  } finally {
    clearTimeout(timer);
    await t.close();
  }
}

function applies(
  { abilities: can, time, sharing: isSharing = false }: StoreSubject,
  one: StoreCase,
): boolean {
  const has: Readonly<Record<StoreNeed, boolean>> = {
    leases: can.leases,
    counters: can.counters,
    scans: can.scans,
    time: time !== undefined,
    exactTime: time === "exact",
    another: isSharing,
  };
  return one.needs.every((need) => has[need]);
}
