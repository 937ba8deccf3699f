/**
 * The conformance suite of a bus: what a fleet's coherence relies on, whatever carries the texts.
 *
 *   import { describe, it } from "node:test";            // or vitest, jest, mocha
 *   busSuite({ name: "my bus", textBytesMax: 7_999, open: async () => ({ bus: new MyBus() }) }, { describe, it });
 *
 * It needs a runner's `describe` and `it` and nothing else. Each case has channels of its own, so all of them may use one
 * place. Left out: texts that are lost, late or doubled while the connection seems to be good. A bus does its best, and what it
 * cannot help is noticed above it, by sequence numbers.
 */
import { channels } from "./bus-cases/channels.js";
import { closing } from "./bus-cases/closing.js";
import { connections } from "./bus-cases/connections.js";
import { delivery } from "./bus-cases/delivery.js";
import { BUS_WAIT_MS, BusContext, type BusNeed, type BusSubject } from "./bus-subject.js";
import type { Failure, Runner } from "./cache-suite.js";

export interface BusCase {
  readonly group: string;
  readonly name: string;
  readonly needs: readonly BusNeed[];
  readonly run: (t: BusContext, subject: BusSubject) => void | Promise<void>;
}

/** Every case of the suite, as data. */
export const busCases: readonly BusCase[] = [...delivery, ...channels, ...connections, ...closing];

/** Registers every case that the subject allows. */
export function busSuite(subject: BusSubject, { describe, it }: Runner): void {
  const cases = busCases.filter((one) => applies(subject, one));
  describe(subject.name, () => {
    for (const group of new Set(cases.map((one) => one.group))) {
      describe(group, () => {
        for (const one of cases) if (one.group === group) it(one.name, () => runBusCase(subject, one));
      });
    }
  });
}

/** Runs the suite without a runner and gives the failures back, named "group: case". */
export async function failingBusCases(
  subject: BusSubject,
  cases: readonly BusCase[] = busCases,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const one of cases) {
    if (!applies(subject, one)) continue;
    const note = (error: unknown): void => void failures.push({ name: `${one.group}: ${one.name}`, error });
    await runBusCase(subject, one).catch(note);
  }
  return failures;
}

/** A case waits for some things, one after the other; one that has not ended after so many times the wait never will. */
const WAITS_MAX = 3;

async function runBusCase(subject: BusSubject, { run }: BusCase): Promise<void> {
  const limitMs = (subject.waitMs ?? BUS_WAIT_MS) * WAITS_MAX;
  const t = await within(limitMs, "open", BusContext.open(subject));
  try {
    await within(limitMs, "the case", run(t, subject));
  } finally {
    await within(limitMs, "close", t.close());
  }
}

async function within<T>(limitMs: number, what: string, promise: T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: still waiting after ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function applies({ sharing = false, cuts = false }: BusSubject, { needs }: BusCase): boolean {
  const has: Readonly<Record<BusNeed, boolean>> = { another: sharing, cuts };
  return needs.every((need) => has[need]);
}
