/** The memory store keeps every promise of a store. */
import { describe, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { memorySubject } from "./subject.js";

storeSuite(memorySubject, { describe, it });
