/** Cases of a suite by their names, until one finds a fault. Stands in bundles of sources that are broken, with the suite. */
import { BusContext, type BusSubject } from "../../src/testing/bus-subject.js";
import { busCases } from "../../src/testing/bus-suite.js";
import { StoreContext, type StoreSubject } from "../../src/testing/store-subject.js";
import { storeCases } from "../../src/testing/store-suite.js";

/** The first case, of those whose "group: case" contains the text, that finds a fault, and which; undefined: none does. */
export type Look = (cases: string, limitMs?: number) => Promise<string | undefined>;

interface Context {
  close(): Promise<void>;
}

interface Case<T> {
  readonly group: string;
  readonly name: string;
  run(t: T): void | Promise<void>;
}

/** A case that takes longer waits in vain, which is a fault as well. */
const LIMIT_MS = 30_000;

export function lookAtStore(subject: StoreSubject): Look {
  const cases = storeCases.map((one) => ({ ...one, run: (t: StoreContext) => one.run(t, subject) }));
  return (wanted, limitMs = LIMIT_MS) => look(cases, wanted, limitMs, () => StoreContext.open(subject));
}

export function lookAtBus(subject: BusSubject): Look {
  const cases = busCases.map((one) => ({ ...one, run: (t: BusContext) => one.run(t, subject) }));
  return (wanted, limitMs = LIMIT_MS) => {
    // Half of it, so that it is the case that says what did not come.
    const open = () => BusContext.open({ ...subject, waitMs: limitMs / 2 });
    return look(cases, wanted, limitMs, open);
  };
}

async function look<T extends Context>(
  all: readonly Case<T>[],
  wanted: string,
  limitMs: number,
  open: () => Promise<T>,
): Promise<string | undefined> {
  const cases = all.filter(({ group, name }) => `${group}: ${name}`.includes(wanted));
  if (cases.length === 0) throw new Error(`there is no case ${wanted}`);
  for (const { name, run } of cases) {
    const fault = await faultOf(limitMs, async () => {
      const t = await open();
      await Promise.resolve(run(t)).finally(() => t.close());
    });
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}

async function faultOf(limitMs: number, run: () => Promise<void>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still waiting after ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), late]);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}
