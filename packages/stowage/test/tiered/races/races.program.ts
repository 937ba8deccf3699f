/** Prints whether the races find nothing (true), as JSON. */
import fc from "fast-check";
import { raceProperty } from "./property.js";

process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
const { failed } = await fc.check(raceProperty(false), {
  seed: 20_260_101,
  numRuns: 250,
  endOnFailure: true,
  timeout: 5_000,
});
process.stdout.write(`${JSON.stringify(!failed)}\n`, () => process.exit(0));
