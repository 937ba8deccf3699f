/** Through real sockets: what a client sees, and what the server's own side is told. */
import { describe, it } from "vitest";
import { connections } from "./connections.scenes.js";
import { early } from "./early.scenes.js";
import { requests } from "./requests.scenes.js";
import { streams } from "./streams.scenes.js";
import { timeouts } from "./timeouts.scenes.js";

const groups = { requests, early, connections, streams, timeouts };

for (const [name, scenes] of Object.entries(groups)) {
  describe(name, () => {
    for (const [scene, play] of Object.entries(scenes)) it(scene, play);
  });
}
