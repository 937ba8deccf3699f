/** A node over a fake transport: each scene by itself. */
import { describe, it } from "vitest";
import { scenes } from "./scenes/index.js";

describe("a node:", () => {
  for (const [name, scene] of Object.entries(scenes)) it(name, scene);
});
