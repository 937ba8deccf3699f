/** Batches: who is sent with whom, in which order, and who hears what. */
import { describe, it } from "vitest";
import { checkModel } from "./model.js";
import { scenes } from "./scenes.js";

describe("a batcher", () => {
  for (const [name, scene] of Object.entries(scenes)) it(name, scene);

  it("gives what a map would that does everything at once", () => checkModel(500));
});
