/** The scenes fail on a guard that is broken: each mutant is the real one with one edit of its sources. */
import { sceneMutants } from "../../support/scene-mutants.js";
import { mutants } from "./mutants.js";

sceneMutants("a guard", new URL("./scenes-run.ts", import.meta.url), mutants);
