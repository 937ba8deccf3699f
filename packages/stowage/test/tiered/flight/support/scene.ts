/** A scene: what loading over tiers promises, as a function that throws where it does not hold, so that it can be run on broken sources. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { Source } from "../../../client/loading/support/source.js";
import { Fleet, type FleetOptions } from "./fleet.js";

export { failure, outcome } from "../../../client/loading/support/scene.js";
export type { Source } from "../../../client/loading/support/source.js";

export interface Scene {
  readonly name: string;
  run(): Promise<void>;
}

/** Against scenes that hang on broken sources. */
const LIMIT_MS = 4_000;

export function scene(
  name: string,
  play: (fleet: Fleet, source: Source) => Promise<void>,
  options?: FleetOptions,
): Scene {
  return {
    name,
    async run() {
      const fleet = new Fleet(options);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${name}: it hangs`)), LIMIT_MS);
      });
      try {
        await Promise.race([play(fleet, new Source()), late]);
        await Promise.race([fleet.close(), late]);
      } finally {
        clearTimeout(timer);
        await fleet.close().catch(() => undefined);
        await settle();
      }
      assert.equal(fleet.clock.pending, 0, "timers left");
    },
  };
}
