/** The table store keeps every promise of a store. */
import { describe, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { tableSubjects } from "./subject.js";

for (const subject of tableSubjects) storeSuite(subject, { describe, it });
