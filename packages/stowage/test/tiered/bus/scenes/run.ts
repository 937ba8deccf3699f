/** The scenes on the feed of the same bundle: mutants.test.ts builds it from edited sources. */
import { faultIn } from "../../../support/scenes.js";
import { feedScenes } from "./index.js";

export function fault(group: string): Promise<string | undefined> {
  return faultIn(feedScenes, group);
}
