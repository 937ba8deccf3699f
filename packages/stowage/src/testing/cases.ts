/**
 * How the cases of a suite are written down: as data (group, name, abilities needed, a function), so that the same list
 * can be given to a test runner, run without one, and counted.
 *
 * A case gets a fresh context and makes its caches through it. When it returns, every cache it made is verified, closed,
 * and no timer may be left. Cases share nothing: they run alone, in any order.
 */
import { settle } from "./fake-clock.js";
import { type Ability, type CacheSubject, CaseContext } from "./subject.js";

export interface Case {
  readonly group: string;
  readonly name: string;
  readonly needs: readonly Ability[];
  readonly run: (t: CaseContext) => void | Promise<void>;
}

type Run = Case["run"];

/** Adds a case to its group; the abilities come on top of those the whole group needs. */
export interface Define {
  (name: string, run: Run): void;
  (name: string, needs: readonly Ability[], run: Run): void;
}

/** Declares a group of cases. */
export function group(
  name: string,
  needs: readonly Ability[],
  declare: (test: Define) => void,
): readonly Case[] {
  const cases: Case[] = [];
  const define = (caseName: string, more: readonly Ability[] | Run, run?: Run): void => {
    const own = typeof more === "function" ? [] : more;
    cases.push({ group: name, name: caseName, needs: [...needs, ...own], run: run ?? (more as Run) });
  };
  declare(define);
  return cases;
}

/** Can this subject be held to this case? */
export function applies(subject: CacheSubject, { needs }: Case): boolean {
  return needs.every((ability) => subject.abilities[ability] === true);
}

/**
 * A case that has not ended after so many turns of the event loop, on a clock that only it can move and without I/O,
 * waits for something that will never come.
 */
const TURNS_MAX = 2_000;

/** Runs one case to its end; throws what went wrong. */
export async function runCase(subject: CacheSubject, { run }: Case): Promise<void> {
  const t = new CaseContext(subject);
  try {
    await endOf(run, t);
    t.verify();
  } finally {
    t.close();
  }
  t.checkLeaks();
}

async function endOf(run: Run, t: CaseContext): Promise<void> {
  let ended = false;
  const running = Promise.resolve(run(t)).finally(() => {
    ended = true;
  });
  // Whoever loses the race below may still reject: that must not count as a rejection that nobody handles.
  running.catch(() => undefined);
  for (let turn = 0; turn < TURNS_MAX && !ended; turn += 1) await settle();
  if (!ended)
    throw new Error(`still waiting after ${TURNS_MAX} turns of the event loop: a promise never settles`);
  await running;
}
