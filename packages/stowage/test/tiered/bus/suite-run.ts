/** The suite over the buses of the same bundle: suite-mutants.test.ts builds it from edited sources. */
import { failingBusCases } from "../../../src/testing/bus-suite.js";
import { busSubjects } from "./subjects.js";

/** Nothing in a process takes longer. */
const WAIT_MS = 60;

/** The first case that fails, of any of them. */
export async function fault(): Promise<string | undefined> {
  for (const subject of busSubjects) {
    const [first] = await failingBusCases({ ...subject, waitMs: WAIT_MS });
    if (first !== undefined) return first.name;
  }
  return undefined;
}
