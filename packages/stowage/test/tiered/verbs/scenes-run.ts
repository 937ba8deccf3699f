/** The scenes, on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
import { faultIn } from "../../support/scenes.js";
import { all } from "./all.js";

export const fault = (group: string) => faultIn(all, group);
