/** What is run over each broken build: the tables of the reader's cases, and scenes of the server by name. */
import { failures } from "../reader/judge.js";
import { connections } from "../server/connections.scenes.js";
import { early } from "../server/early.scenes.js";
import { requests } from "../server/requests.scenes.js";
import { streams } from "../server/streams.scenes.js";
import { timeouts } from "../server/timeouts.scenes.js";
import { setStride } from "../support/read.js";
import { setPatience } from "../support/serve.js";

const scenes = { ...requests, ...early, ...connections, ...streams, ...timeouts };

export type Suite = "cases" | keyof typeof scenes;

/** What the suite says is wrong; nothing, if nothing is. */
export async function run(suite: Suite, patienceMs: number): Promise<string | undefined> {
  if (suite === "cases") {
    setStride(7);
    return failures()[0];
  }
  setPatience(patienceMs);
  return scenes[suite]().then(
    () => undefined,
    (error: unknown) => String(error),
  );
}
