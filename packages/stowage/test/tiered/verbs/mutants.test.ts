/** The scenes fail on tiers that are broken: each mutant is the real thing with one edit of its sources. */
import { sceneMutants } from "../../support/scene-mutants.js";
import { mutants } from "./mutants.js";

sceneMutants("tiers", new URL("./scenes-run.ts", import.meta.url), mutants);
