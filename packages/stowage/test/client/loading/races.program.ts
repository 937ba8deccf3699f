/** Prints whether the races find nothing (true), as JSON. */
import fc from "fast-check";
import { raceProperty } from "./races.property.js";

process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
const { failed } = await fc.check(raceProperty(), {
  seed: 20_260_101,
  numRuns: 600,
  endOnFailure: true,
  timeout: 3_000,
});
process.stdout.write(`${JSON.stringify(!failed)}\n`, () => process.exit(0));
