/** The scenes as a bundle of sources that are broken on purpose runs them: over the Redis that the test has started. */
import { patience } from "../routes/v1/support.js";
import * as failures from "./failure-scenes.js";
import * as scenes from "./scenes.js";
import { useRedis } from "./support.js";

const all = { ...scenes, ...failures } as unknown as Record<string, (...args: unknown[]) => Promise<void>>;

/** Rejects with what the scene has found. */
export function run(scene: string, port: number, patienceMs = 2_500): Promise<void> {
  useRedis(port);
  patience.ms = patienceMs;
  return all[scene](...(scene === "toldWhileAway" ? ["down"] : []));
}
