/** The suite over the table store of the same bundle: mutants.test.ts builds it from edited sources. */
import { failingStoreCases } from "../../../src/testing/store-suite.js";
import { tableSubjects } from "./subject.js";

/** The first case of the group that fails. */
export async function failing(group: string): Promise<string[]> {
  const failures: string[] = [];
  for (const subject of tableSubjects)
    for (const { name } of await failingStoreCases(subject, { groups: [group], atMost: 1 }))
      failures.push(name);
  return failures;
}
