/** The suite over the memory store of the same bundle: mutants.test.ts builds it from edited sources. */
import type { StoreAbilities } from "../../../src/stores/store.js";
import type { Failure } from "../../../src/testing/cache-suite.js";
import { failingStoreCases } from "../../../src/testing/store-suite.js";
import { memorySubject } from "./subject.js";

/** @param abilities what the store is said to be able to do */
export function failing(abilities: StoreAbilities): Promise<Failure[]> {
  return failingStoreCases({ ...memorySubject, abilities });
}
