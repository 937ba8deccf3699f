/** How cases of the store suite are written down. */
import type { StoreNeed } from "../store-subject.js";
import type { StoreCase } from "../store-suite.js";

type Run = StoreCase["run"];

interface Define {
  (name: string, run: Run): void;
  (name: string, needs: readonly StoreNeed[], run: Run): void;
}

/** Declares a group of cases; what a case needs comes on top of what the whole group needs. */
export function storeGroup(
  group: string,
  needs: readonly StoreNeed[],
  declare: (test: Define) => void,
): readonly StoreCase[] {
  const cases: StoreCase[] = [];
  declare((name: string, more: readonly StoreNeed[] | Run, run?: Run) => {
    const own = typeof more === "function" ? [] : more;
    cases.push({ group, name, needs: [...needs, ...own], run: run ?? (more as Run) });
  });
  return cases;
}

/**
 * For what has to expire during a case: long enough that a busy machine sees it alive first, short enough to be waited for.
 */
export const SOON_MS = 250;
/** So much later it has plainly expired. */
export const MARGIN_MS = 100;
export const HOUR_MS = 3_600_000;
/** How far a time to live may be from what it should be where time passes by itself. */
export const SLACK_MS = 15_000;
