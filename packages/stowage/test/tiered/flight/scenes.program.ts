/** Runs the scenes until one fails, and prints its name, as JSON. What a broken source rejects with is nobody's business. */
import { groups } from "./scenes/index.js";

process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
const failed = await firstFailing();
process.stdout.write(`${JSON.stringify(failed ?? null)}\n`, () => process.exit(0));

async function firstFailing(): Promise<string | undefined> {
  for (const [group, scenes] of Object.entries(groups)) {
    for (const { name, run } of scenes) {
      try {
        await run();
      } catch {
        return `${group}: ${name}`;
      }
    }
  }
  return undefined;
}
