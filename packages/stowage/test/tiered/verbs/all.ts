/** All scenes of the verbs over tiers. */
import { readingScenes } from "./reading.js";
import { troubleScenes } from "./trouble.js";
import { writingScenes } from "./writing.js";

export const all = { ...readingScenes, ...writingScenes, ...troubleScenes };
