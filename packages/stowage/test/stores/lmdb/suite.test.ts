/** The store in a file keeps every promise of a store. */
import { rmSync } from "node:fs";
import type { RootDatabase } from "lmdb";
import { afterAll, beforeAll, describe, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { openQuickly, temporaryFolder } from "./folder.js";
import { lmdbSubject } from "./subject.js";

const path = temporaryFolder();
let database: RootDatabase;

beforeAll(() => {
  database = openQuickly(path);
});

afterAll(async () => {
  await database.close();
  rmSync(path, { recursive: true });
});

storeSuite(
  lmdbSubject(() => database),
  { describe, it },
);
