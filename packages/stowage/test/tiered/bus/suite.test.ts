/** The buses of the process keep every promise of a bus. */
import { describe, it } from "vitest";
import { busSuite } from "../../../src/testing/bus-suite.js";
import { busSubjects } from "./subjects.js";

for (const subject of busSubjects) busSuite(subject, { describe, it });
