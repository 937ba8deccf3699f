/** All scenes of tags. */
import type { Scenes } from "../../../support/scenes.js";
import { invalidationScenes } from "./invalidations.js";
import { repairScenes } from "./repairs.js";
import { stampScenes } from "./stamps.js";

export const tagScenes: Scenes = { stamps: [...stampScenes, ...invalidationScenes], repairs: repairScenes };
