/** What every transport has to do, scene by scene. */
import type { Scene } from "../support/stage.js";
import { aborts } from "./aborts.js";
import { answers } from "./answers.js";
import { connections } from "./connections.js";
import { requests } from "./requests.js";
import { streams } from "./streams.js";
import { tls } from "./tls.js";

export const scenes: Record<string, Scene> = {
  ...answers,
  ...requests,
  ...connections,
  ...aborts,
  ...streams,
  ...tls,
};
