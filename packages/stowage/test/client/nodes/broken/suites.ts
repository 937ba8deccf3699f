/** The scenes of a node, by name, over a broken build. */
import { scenes } from "../scenes/index.js";

/** What the scene says is wrong; nothing, if nothing is. One that takes too long is wrong too. */
export async function run(scene: string, patienceMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("it takes too long"), patienceMs);
  });
  const outcome = scenes[scene]().then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}
