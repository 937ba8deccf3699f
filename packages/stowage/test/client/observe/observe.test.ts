/** The scenes, on the sources. */
import { describe, it } from "vitest";
import { observeScenes } from "./scenes.js";

describe("who watches a client", () => {
  for (const { name, run } of observeScenes) it(name, run);
});
