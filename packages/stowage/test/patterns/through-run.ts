/** The scenes of patterns around a source, on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
import { faultIn } from "../support/scenes.js";
import { inProcess } from "./scenes/in-process.js";
import { throughScenes } from "./scenes/through.js";

/** None of them waits for anything. */
const LIMIT_MS = 400;

export const fault = (group: string) => faultIn(throughScenes(inProcess), group, LIMIT_MS);
