/** stowage/prometheus: what it says is read back by the strict reader of the server's tests. */
import { describe, it } from "vitest";
import * as lib from "../metrics/lib.js";
import { scenes } from "./scenes.js";

describe("PrometheusMetrics", () => {
  for (const [name, scene] of Object.entries(scenes)) it(name, () => scene(lib));
});
