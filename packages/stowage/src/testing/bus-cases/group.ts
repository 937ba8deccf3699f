/** How cases of the bus suite are written down. */
import type { BusNeed } from "../bus-subject.js";
import type { BusCase } from "../bus-suite.js";

type Run = BusCase["run"];

interface Define {
  (name: string, run: Run): void;
  (name: string, needs: readonly BusNeed[], run: Run): void;
}

/** Declares a group of cases; what a case needs comes on top of what the whole group needs. */
export function busGroup(
  group: string,
  needs: readonly BusNeed[],
  declare: (test: Define) => void,
): readonly BusCase[] {
  const cases: BusCase[] = [];
  declare((name: string, more: readonly BusNeed[] | Run, run?: Run) => {
    const own = typeof more === "function" ? [] : more;
    cases.push({ group, name, needs: [...needs, ...own], run: run ?? (more as Run) });
  });
  return cases;
}

/** `a0`, `a1`, ... as JSON. */
export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify(`${name}${index}`));
}
