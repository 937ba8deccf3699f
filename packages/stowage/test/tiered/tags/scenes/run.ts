/** The scenes on the stamps of the same bundle: mutants.test.ts builds it from edited sources. */
import { faultIn } from "../../../support/scenes.js";
import { tagScenes } from "./index.js";

export function fault(group: string): Promise<string | undefined> {
  return faultIn(tagScenes, group);
}
