/** All scenes, by what they are about. */
import type { Scene } from "../support/scene.js";
import { failureScenes } from "./failures.js";
import { listScenes } from "./lists.js";
import { loadScenes } from "./loads.js";
import { raceScenes } from "./races.js";
import { staleScenes } from "./stale.js";

export const groups: Readonly<Record<string, readonly Scene[]>> = {
  loads: loadScenes,
  "old values": staleScenes,
  races: raceScenes,
  failures: failureScenes,
  lists: listScenes,
};
