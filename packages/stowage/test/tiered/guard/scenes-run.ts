/** The scenes, on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
import { faultIn } from "../../support/scenes.js";
import { guardScenes } from "./scenes.js";

/** None of them waits for anything. */
const LIMIT_MS = 300;

export const fault = (group: string) => faultIn(guardScenes, group, LIMIT_MS);
