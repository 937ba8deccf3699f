/**
 * The suite over the server store of the same bundle: mutants.test.ts builds it from edited sources. The servers are whole, and
 * outside of the bundle.
 */
import { failingStoreCases } from "../../../src/testing/store-suite.js";
import { type Place, serverSubject } from "./subject.js";

/** The first case of the group that fails. */
export async function failing(place: Place, group: string): Promise<string[]> {
  const failures = await failingStoreCases(serverSubject("ServerStore", place), {
    groups: [group],
    atMost: 1,
  });
  return failures.map(({ name }) => name);
}
