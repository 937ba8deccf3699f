/** The scenes fail on a feed that is broken: each mutant is the real one with one edit of its sources. */
import { sceneMutants } from "../../support/scene-mutants.js";
import { mutants } from "./mutants.js";

sceneMutants("a feed", new URL("./scenes/run.ts", import.meta.url), mutants);
