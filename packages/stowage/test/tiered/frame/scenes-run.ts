/** The scenes, on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
import { faultIn } from "../../support/scenes.js";
import { frameScenes } from "./scenes.js";

export const fault = (group: string) => faultIn(frameScenes, group);
