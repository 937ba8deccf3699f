/** The core of the client, over a server without sockets. */
import { describe, it } from "vitest";
import { scenes } from "./scenes.js";

describe("the core", () => {
  for (const [name, scene] of Object.entries(scenes)) it(name, scene);
});
