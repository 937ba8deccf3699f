/** All scenes, by what they are about. */
import type { Scene } from "../support/scene.js";
import { downScenes } from "./down.js";
import { loadScenes } from "./loads.js";
import { manyScenes } from "./many.js";
import { raceScenes } from "./races.js";
import { renewalScenes } from "./renewal.js";
import { spaceScenes } from "./spaces.js";
import { staleScenes } from "./stale.js";

export const groups: Readonly<Record<string, readonly Scene[]>> = {
  loads: loadScenes,
  races: raceScenes,
  stale: staleScenes,
  renewal: renewalScenes,
  "L2 away": downScenes,
  "many and wrap": manyScenes,
  "namespaces and threads": spaceScenes,
};
