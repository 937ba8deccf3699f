/** All scenes of the feed. */
import type { Scenes } from "../../../support/scenes.js";
import { connectingScenes } from "./connecting.js";
import { hearingScenes } from "./hearing.js";
import { tellingScenes } from "./telling.js";

export const feedScenes: Scenes = {
  hearing: hearingScenes,
  connecting: connectingScenes,
  telling: tellingScenes,
};
